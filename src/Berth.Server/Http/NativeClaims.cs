using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Server.Http;

/// <summary>
/// The native claim API: PUT, GET and DELETE of <c>/v2/pools/{pool}/claims/{fingerprint}</c>, the same commands as <c>/v1</c>. Its
/// answers say more, so each asks the pool twice; nothing of it runs on an actor's thread.
/// </summary>
internal sealed class NativeClaims(EdgeParts edge, NativeResults results, IJournal journal, TimeProvider time)
{
    /// <summary>Only a person ends it: asking every second would not.</summary>
    private const int WithheldSeconds = 10;

    private readonly NativeIntake _intake = new(edge.Callers);

    /// <summary>Answers one request to <c>/v2</c>.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        results.Stamp(context);
        var target = NativeTarget.Parse(context.Features.Get<IHttpRequestFeature>()!.RawTarget);
        if (Refuses(context.Request.Method, target) is { } refusal)
        {
            await results.RefuseAsync(context, refusal);
            return;
        }

        var releases = context.Request.Method == "DELETE";
        if (edge.Limits?.RetryAfter(context.Connection.RemoteIpAddress, releases ? null : target.Fingerprint) is { } wait)
        {
            await results.RefuseAsync(context, NativeProblems.TooManyRequests, wait);
            return;
        }

        NativeAsk? ask;
        ClaimProblem? problem;
        try
        {
            (ask, problem) = await _intake.ReadAsync(context);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // Nobody is there to be answered.
            context.Abort();
            return;
        }

        var node = new Fingerprint(target.Fingerprint!);
        await (ask is null ? results.RefuseAsync(context, problem!) : AnswerAsync(context, target.Pool!.Value, node, ask));
    }

    private Task AnswerAsync(HttpContext context, PoolName pool, Fingerprint node, NativeAsk ask) => context.Request.Method switch
    {
        "PUT" => ClaimAsync(context, pool, new ClaimSeat(node, ask.Who, ask.ClaimKey)),
        "DELETE" => ReleaseAsync(context, pool, new ReleaseSeat(node, ask.Who, ask.ClaimKey)),
        _ => ShowAsync(context, pool, node),
    };

    private ClaimProblem? Refuses(string method, NativeTarget target) =>
        !target.IsClaim ? NativeProblems.NotFound
        : method is not ("GET" or "PUT" or "DELETE") ? NativeProblems.MethodNotAllowed
        : target.Pool is not { } pool ? NativeProblems.InvalidPool
        : target.Fingerprint is null ? NativeProblems.InvalidFingerprint
        : edge.Options.PoolLock is { } only && only != pool ? NativeProblems.UnsupportedPool(only)
        : null;

    private async Task ClaimAsync(HttpContext context, PoolName pool, ClaimSeat claim)
    {
        var arrived = edge.Measures.Now;
        var gone = context.Features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed ?? default;
        var answer = await edge.Router.AskAsync(pool, claim, new Delivery(0, gone, Inline: edge.Router.IsAlone));

        // What the answer promises counts from here; writing it is not the actor's business.
        var told = time.GetTimestamp();
        await Task.Yield();
        NativeResults.Stamp(context, answer);
        var reply = edge.Owed.Settle(pool, claim.Node, answer.Reply);
        await (reply switch
        {
            Granted or Renewed or AlreadyHeld => HeldAsync(context, pool, claim.Node, reply, told),
            NoSeatFree => NoSeatAsync(context, pool, reply),
            CoolingDown { ForMs: var forMs } => results.RefuseAsync(context, NativeProblems.Of(reply), Math.Max(1, SecondsOf(forMs))),
            GrantsWithheld => results.RefuseAsync(context, NativeProblems.Of(reply), WithheldSeconds),
            _ => results.RefuseAsync(context, NativeProblems.Of(reply)),
        });
        edge.Measures.Claimed(arrived, reply);
    }

    private async Task HeldAsync(HttpContext context, PoolName pool, Fingerprint node, PoolReply reply, long told)
    {
        var (ttl, license, number, owes) = reply switch
        {
            Granted granted => (granted.TtlMs, granted.License, granted.Number, true),
            Renewed renewed => (renewed.TtlMs, renewed.License, 0, renewed.Repeat),
            _ => ((long?)null, default(LicenseId?), 0L, false),
        };
        var asked = Preferences.WantRepresentation(context.Request.Headers);
        var holder = await HolderAsync(pool, node);
        var row = holder is not null && (owes || asked) ? await ReadAsync(holder.License) : null;
        if (holder is null
            || (number > 0 && holder.Number != number)
            || (license is not null && holder.License != license)
            || (row is null && (owes || asked)))
        {
            // The claim is made, but it cannot be told, or it has ended since: the node must read neither a yes nor a no.
            edge.Owed.Add(pool, node, reply);
            await results.RefuseAsync(context, NativeProblems.Of(Unknown.Instance));
            return;
        }

        if (asked)
        {
            context.Response.Headers["Preference-Applied"] = Preferences.Representation;
        }

        var entry = results.Entry(pool, holder, ttl, told);
        var status = reply is Granted ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        await results.ClaimAsync(context, status, row is null ? entry : entry with { LicenseFile = row.File, LicenseKey = row.Key });
    }

    /// <summary>Says when a seat may be free at the latest that is known, and at most a ttl ahead: others may release theirs.</summary>
    private async Task NoSeatAsync(HttpContext context, PoolName pool, PoolReply reply)
    {
        var next = await edge.Router.SendAsync(pool, new AskNextDeadline(), default);
        var summary = await edge.Router.SendAsync(pool, new AskSummary(), default);
        var longest = SecondsOf((summary as PoolSummary)?.Policy.TtlMs ?? Policy.Default.TtlMs);
        var seconds = next is NextDeadline { InMs: { } inMs } ? Math.Clamp(SecondsOf(inMs), 1, longest) : longest;
        await results.RefuseAsync(context, NativeProblems.Of(reply), seconds);
    }

    private async Task ReleaseAsync(HttpContext context, PoolName pool, ReleaseSeat release)
    {
        var answer = await edge.Router.AskAsync(pool, release, default);
        NativeResults.Stamp(context, answer);
        var reply = answer.Reply;
        await (reply is Released ? results.ReleasedAsync(context) : results.RefuseAsync(context, NativeProblems.Of(reply)));
    }

    private async Task ShowAsync(HttpContext context, PoolName pool, Fingerprint node)
    {
        var answer = await edge.Router.AskAsync(pool, new AskHolder(node), default);
        NativeResults.Stamp(context, answer);
        await (answer.Reply is HolderPage { Holders: [var holder] }
            ? results.ClaimAsync(context, StatusCodes.Status200OK, results.Entry(pool, holder, wallMs: answer.WallMs))
            : results.RefuseAsync(context, NativeProblems.Of(answer.Reply)));
    }

    private async ValueTask<HolderView?> HolderAsync(PoolName pool, Fingerprint node) =>
        await edge.Router.SendAsync(pool, new AskHolder(node), default) is HolderPage { Holders: [var holder] } ? holder : null;

    /// <summary>Null: it cannot be read, and the log says why.</summary>
    private async ValueTask<LicenseRow?> ReadAsync(LicenseId license)
    {
        try
        {
            return await journal.ReadLicenseAsync(license) ?? throw new InvalidDataException($"The journal has no license {license}.");
        }
        catch (Exception unreadable)
        {
            edge.Log.Unreadable(unreadable, license.Value, unreadable.Message);
            return null;
        }
    }

    private static long SecondsOf(long milliseconds) => (milliseconds + 999) / 1000;
}
