using Berth.Pools;
using Berth.Runtime.Pools;
using Berth.Runtime.Routing;
using Berth.Runtime.Tracing;
using Berth.Server.Management;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Http;

/// <summary>
/// The edge: one terminal step that claims, renews and releases (<c>PUT</c> and <c>DELETE /v1/nodes/{fingerprint}</c>), and
/// says that the member lives. No routing, no binding, no serializer.
/// </summary>
internal sealed class ClaimEndpoints(
    EdgeParts edge, AnswerClock clock, ReplyResults results, ProbeEndpoints probes, NativeClaims native)
{
    private const long MaxBodyBytes = 1 << 20;

    private readonly ClaimRouter _router = edge.Router;
    private readonly MemberOptions _options = edge.Options;
    private readonly Callers _callers = edge.Callers;
    private readonly OwedLicenses _owed = edge.Owed;
    private readonly RateLimits? _limits = edge.Limits;
    private readonly PoolLists _lists = new(edge.Router);

    /// <summary>Answers one request.</summary>
    public Task HandleAsync(HttpContext context) =>
        Traces.Source.HasListeners() ? EdgeSpan.AroundAsync(context, HandleAnywhereAsync) : HandleAnywhereAsync(context);

    private Task HandleAnywhereAsync(HttpContext context) => ActorTurn.IsAnswering ? HandleElsewhereAsync(context) : HandleHereAsync(context);

    /// <summary>A request that was sent behind another is found on the actor's thread: it is not the actor's business.</summary>
    private async Task HandleElsewhereAsync(HttpContext context)
    {
        await Task.Yield();
        await HandleHereAsync(context);
    }

    private Task HandleHereAsync(HttpContext context)
    {
        if (probes.IsLeaving)
        {
            context.Response.Headers.Connection = "close";
        }

        var target = RequestTarget.Parse(context.Features.Get<IHttpRequestFeature>()!.RawTarget);
        // Methods are case-sensitive; HttpMethods.IsPut and its kin are not.
        var method = context.Request.Method;
        return target.Kind switch
        {
            TargetKind.Node when method == HttpMethods.Put => ClaimAsync(context, target.Fingerprint),
            TargetKind.Node when method == HttpMethods.Delete => ReleaseAsync(context, target.Fingerprint),
            TargetKind.Health when method == HttpMethods.Get => results.HealthAsync(context, clock.Now),
            TargetKind.Live or TargetKind.Ready => probes.HandleAsync(context, target.Kind),
            TargetKind.OpenApi when method == HttpMethods.Get => OpenApiRoute.HandleAsync(context),
            TargetKind.Native => native.HandleAsync(context),
            TargetKind.Other => BareAnswers.NotFoundAsync(context),
            _ => BareAnswers.MethodNotAllowed(context),
        };
    }

    private async Task ClaimAsync(HttpContext context, string? fingerprint)
    {
        var (began, arrived) = (clock.Now, edge.Measures.Now);
        if (_limits?.RetryAfter(context.Connection.RemoteIpAddress, fingerprint) is { } wait)
        {
            await results.LimitAsync(context, began, wait);
            return;
        }

        if (Refuses(context, fingerprint, out var who, out var pool) is { } refusal)
        {
            await results.RefuseAsync(context, began, refusal);
            return;
        }

        var gone = context.Features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed ?? default;
        var claim = new ClaimSeat(new Fingerprint(fingerprint!), who);
        if (KnownListIn(pool) is { } known)
        {
            await ClaimInAsync(context, (began, arrived), known, claim, gone);
            return;
        }

        var represent = Preferences.WantRepresentation(context.Request.Headers);
        var (reply, file) = _router.IsAlone
            ? WithFile(pool, await _router.SendAsync(pool, claim, new Delivery(0, gone, Inline: true)), represent)
            : Parts(await _router.AskAsync(pool, claim, new Delivery(0, gone)));
        reply = _owed.Settle(pool, claim.Node, reply);
        if (reply is NoSuchPool)
        {
            (var pools, reply) = await FindListAsync(pool);
            if (pools is not null)
            {
                await ClaimInAsync(context, (began, arrived), pools, claim, gone);
                return;
            }
        }

        await results.ClaimAsync(context, began, reply, file, represent);
        edge.Measures.Claimed(arrived, reply);
        RememberUnreadable(context, pool, claim.Node, reply);
    }

    /// <summary>The only member looks for the mark of a file where one may be handed out.</summary>
    private (PoolReply Reply, FileMark File) WithFile(PoolName pool, PoolReply reply, bool represent) =>
        (reply, represent || reply is Granted or Renewed { Repeat: true } ? _router.FileOf(pool, reply) : default);

    private static (PoolReply Reply, FileMark File) Parts(RoutedReply answer) => (answer.Reply, answer.File);

    private async Task ClaimInAsync(
        HttpContext context, (AnswerClock.Second Second, long Timestamp) began, PoolName[] pools, ClaimSeat claim, CancellationToken gone)
    {
        var (pool, answer) = await _lists.ClaimAsync(pools, claim, gone);
        var reply = _owed.Settle(pool, claim.Node, answer.Reply);
        await results.ClaimAsync(context, began.Second, reply, answer.File, Preferences.WantRepresentation(context.Request.Headers));
        edge.Measures.Claimed(began.Timestamp, reply);
        RememberUnreadable(context, pool, claim.Node, reply);
    }

    private void RememberUnreadable(HttpContext context, PoolName pool, Fingerprint node, PoolReply reply)
    {
        if (context.Features.Get<UnreadableLicense>() is { } unreadable)
        {
            _owed.Add(pool, node, reply);
            edge.Log.Unreadable(unreadable.Failure, unreadable.License.Value, unreadable.Failure.Message);
        }
    }

    private async Task ReleaseAsync(HttpContext context, string? fingerprint)
    {
        var began = clock.Now;
        if (_limits?.RetryAfter(context.Connection.RemoteIpAddress, node: null) is { } wait)
        {
            await results.LimitAsync(context, began, wait);
            return;
        }

        var refusal = Refuses(context, fingerprint, out var who, out var pool);
        var release = new ReleaseSeat(new Fingerprint(fingerprint ?? ""), who);
        if (refusal is null && KnownListIn(pool) is { } known)
        {
            await results.ReleaseAsync(context, began, await _lists.ReleaseAsync(known, release));
            return;
        }

        if (refusal is null && _router.IsAlone && !_router.Has(pool))
        {
            if (ListIn(pool) is { } pools)
            {
                await results.ReleaseAsync(context, began, await _lists.ReleaseAsync(pools, release));
                return;
            }

            refusal = _router.HoldsAnywhere(new Fingerprint(fingerprint!)) == false ? Refusal.ClaimNotFound : Refusal.UnknownPool;
        }

        if (refusal is { } why)
        {
            await results.RefuseAsync(context, began, why);
            return;
        }

        var reply = await _router.SendAsync(pool, release, new Delivery(0, default, Inline: _router.IsAlone));
        if (reply is NoSuchPool)
        {
            (var found, reply) = await FindListAsync(pool);
            reply = found is null ? reply : await _lists.ReleaseAsync(found, release);
        }

        await results.ReleaseAsync(context, began, reply);
    }

    private Refusal? Refuses(HttpContext context, string? fingerprint, out Who who, out PoolName pool)
    {
        who = _callers.Of(context)!;
        pool = default;
        return fingerprint is null ? Refusal.Fingerprint
            : context.Request.ContentLength > MaxBodyBytes ? Refusal.BodyTooLarge
            : who is null ? Refusal.Attribution
            : !TryChoosePool(context.Request.Headers, out pool) ? Refusal.UnsupportedPool
            : null;
    }

    /// <summary>The pool that the request is for; false: it names another than this edge is locked to.</summary>
    private bool TryChoosePool(IHeaderDictionary headers, out PoolName pool)
    {
        var named = headers.TryGetValue("Relay-Pool", out var values) ? values[0].AsSpan().Trim() : [];
        if (_options.PoolLock is { } only)
        {
            pool = only;
            return named.IsEmpty || named.SequenceEqual(only.Value);
        }

        // The global pool cannot be named: a pool called "-" does not exist.
        pool = named.IsEmpty ? PoolName.Global : new PoolName(named is "-" ? "\0" : named.ToString());
        return true;
    }

    /// <summary>The pools of a list; null: it is none, or the edge is locked to a pool.</summary>
    private PoolName[]? ListIn(PoolName text) => _options.PoolLock is null ? _lists.Parse(text) : null;

    /// <summary>
    /// In a cluster, a list whose pools are all known here, and no pool of that name: nobody need be asked whether there is one. One that
    /// another member has made within the last seconds is taken for the list until then.
    /// </summary>
    private PoolName[]? KnownListIn(PoolName text) => _router.IsAlone || _router.Has(text) ? null : ListIn(text);

    /// <summary>The pools of a list, those among them that another member has just made; or else what is answered.</summary>
    private async ValueTask<(PoolName[]? Pools, PoolReply Reply)> FindListAsync(PoolName text)
    {
        try
        {
            return (_options.PoolLock is null ? await _lists.FindAsync(text) : null, NoSuchPool.Instance);
        }
        catch (Exception failure)
        {
            edge.Log.PoolsUnread(failure.Message);
            return (null, new NotWritten(failure.Message));
        }
    }
}

internal static partial class ClaimEndpointsLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "license.unreadable: license {license} was granted and its file cannot be read: {reason}")]
    public static partial void Unreadable(this ILogger log, Exception failure, string license, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "edge.pools: the list of pools could not be read, and a request that names several was answered with 503: {reason}")]
    public static partial void PoolsUnread(this ILogger log, string reason);
}
