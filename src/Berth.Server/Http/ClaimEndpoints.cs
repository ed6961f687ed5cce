using Berth.Pools;
using Berth.Runtime.Pools;
using Berth.Runtime.Routing;
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
    ClaimRouter router, MemberOptions options, AnswerClock clock, ReplyResults results, ProbeEndpoints probes, RateLimits? limits, ILogger log)
{
    private const long MaxBodyBytes = 1 << 20;

    private readonly Callers _callers = new(options.Audit);
    private readonly OwedLicenses _owed = new();

    /// <summary>Answers one request.</summary>
    public Task HandleAsync(HttpContext context) => ActorTurn.IsAnswering ? HandleElsewhereAsync(context) : HandleHereAsync(context);

    /// <summary>A request that was sent behind another is found on the actor's thread: it is not the actor's business.</summary>
    private async Task HandleElsewhereAsync(HttpContext context)
    {
        await Task.Yield();
        await HandleHereAsync(context);
    }

    private Task HandleHereAsync(HttpContext context)
    {
        var target = RequestTarget.Parse(context.Features.Get<IHttpRequestFeature>()!.RawTarget);
        // Methods are case-sensitive; HttpMethods.IsPut and its kin are not.
        var method = context.Request.Method;
        return target.Kind switch
        {
            TargetKind.Node when method == HttpMethods.Put => ClaimAsync(context, target.Fingerprint),
            TargetKind.Node when method == HttpMethods.Delete => ReleaseAsync(context, target.Fingerprint),
            TargetKind.Health when method == HttpMethods.Get => results.HealthAsync(context, clock.Now),
            TargetKind.Live or TargetKind.Ready => probes.HandleAsync(context, target.Kind),
            TargetKind.Other => BareAnswers.NotFoundAsync(context),
            _ => BareAnswers.MethodNotAllowed(context),
        };
    }

    private async Task ClaimAsync(HttpContext context, string? fingerprint)
    {
        var began = clock.Now;
        if (limits?.RetryAfter(context.Connection.RemoteIpAddress, fingerprint) is { } wait)
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
        var reply = _owed.Settle(pool, claim.Node, await router.SendAsync(pool, claim, new Delivery(0, gone, Inline: true)));
        await results.ClaimAsync(context, began, reply, WantsRepresentation(context.Request.Headers));
        if (context.Features.Get<UnreadableLicense>() is { } unreadable)
        {
            _owed.Add(pool, claim.Node, reply);
            log.Unreadable(unreadable.Failure, unreadable.License.Value, unreadable.Failure.Message);
        }
    }

    private async Task ReleaseAsync(HttpContext context, string? fingerprint)
    {
        var began = clock.Now;
        if (limits?.RetryAfter(context.Connection.RemoteIpAddress, node: null) is { } wait)
        {
            await results.LimitAsync(context, began, wait);
            return;
        }

        var refusal = Refuses(context, fingerprint, out var who, out var pool);
        if (refusal is null && !router.Has(pool))
        {
            refusal = router.HoldsAnywhere(new Fingerprint(fingerprint!)) == false ? Refusal.ClaimNotFound : Refusal.UnknownPool;
        }

        if (refusal is { } why)
        {
            await results.RefuseAsync(context, began, why);
            return;
        }

        var reply = await router.SendAsync(pool, new ReleaseSeat(new Fingerprint(fingerprint!), who), new Delivery(0, default, Inline: true));
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
        if (options.PoolLock is { } only)
        {
            pool = only;
            return named.IsEmpty || named.SequenceEqual(only.Value);
        }

        // The global pool cannot be named: a pool called "-" does not exist.
        pool = named.IsEmpty ? PoolName.Global : new PoolName(named is "-" ? "\0" : named.ToString());
        return true;
    }

    private static bool WantsRepresentation(IHeaderDictionary headers) =>
        headers.TryGetValue("Prefer", out var prefer)
        && prefer.ToString().Contains("return=representation", StringComparison.OrdinalIgnoreCase);
}

internal static partial class ClaimEndpointsLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "license {license} was granted and its file cannot be read: {reason}")]
    public static partial void Unreadable(this ILogger log, Exception failure, string license, string reason);
}
