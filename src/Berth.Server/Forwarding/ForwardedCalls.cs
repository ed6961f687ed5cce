using Berth.Protocol;
using Berth.Server.Http;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Berth.Server.Forwarding;

/// <summary>
/// Hands requests to the member as they are and brings its answers back, stamped and signed by this edge. The member alone
/// decides, and it alone knows what a request means.
/// </summary>
internal sealed class ForwardedCalls(
    MemberLink link, MemberOptions options, EdgeStamp stamp, RateLimits? limits, LinkTroubles troubles)
{
    /// <summary>As for a member's own edge.</summary>
    private const int MaxBodyBytes = 1 << 20;

    /// <summary>What a node may say that a member listens to, besides the pool.</summary>
    private static readonly string[] _carried = ["Prefer", "Berth-User", "Berth-Host", "Berth-Claim-Key", "If-None-Match"];

    private readonly ProbeEndpoints _probes = new() { Ready = true };

    /// <summary>Answers one request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var kind = RequestTarget.Parse(raw).Kind;
        var refusals = new EdgeRefusals(context, kind == TargetKind.Native, stamp.Now, stamp);
        if (kind == TargetKind.Live)
        {
            // Alive is this process, whatever became of the member.
            return _probes.HandleAsync(context, kind);
        }

        if (limits is not null && WaitOf(context, raw) is { } wait)
        {
            return refusals.TooManyAsync(wait);
        }

        return context.Request.ContentLength > MaxBodyBytes ? refusals.TooLargeAsync() : ForwardAsync(context, raw, refusals);
    }

    private async Task ForwardAsync(HttpContext context, string raw, EdgeRefusals refusals)
    {
        try
        {
            using var request = await RequestOfAsync(context, raw, refusals.IsNative);
            var gone = context.Features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed ?? default;
            using var answer = await link.SendAsync(request, gone);
            await BringBackAsync(context, refusals.Began, answer, gone);
        }
        catch (LinkException failure)
        {
            troubles.Tell(failure.Message);
            await refusals.UnansweredAsync(failure.Failure);
        }
        catch (BadHttpRequestException malformed)
        {
            await refusals.MalformedAsync(malformed);
        }
        catch (HttpRequestException failure) when (!context.Response.HasStarted)
        {
            troubles.Tell(failure.Message);
            await refusals.UnansweredAsync(LinkFailure.Unanswered);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // The node went away, and its connection says so to the member; or half of an answer is out.
            context.Abort();
        }
    }

    /// <summary>As at a member's own edge: claims and releases count, and releases for their address alone.</summary>
    private int? WaitOf(HttpContext context, string raw)
    {
        var target = RequestTarget.Parse(raw);
        var node = target.Kind == TargetKind.Native ? NativeTarget.Parse(raw).Fingerprint : target.Fingerprint;
        return target.Kind is TargetKind.Node or TargetKind.Native
            ? limits!.RetryAfter(context.Connection.RemoteIpAddress, context.Request.Method == HttpMethods.Delete ? null : node)
            : null;
    }

    private async Task<HttpRequestMessage> RequestOfAsync(HttpContext context, string raw, bool isNative)
    {
        // Bodies mean nothing on /v1.
        var body = isNative ? await BodyAsync(context) : [];
        var request = MemberLink.RequestOf(context.Request.Method, raw, body);
        var headers = context.Request.Headers;
        if (headers.TryGetValue("Relay-Pool", out var pools))
        {
            request.Headers.TryAddWithoutValidation("Relay-Pool", pools[0]);
        }

        foreach (var name in _carried)
        {
            if (headers.TryGetValue(name, out var values))
            {
                request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        request.Content?.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        if (context.Connection.RemoteIpAddress is { } address)
        {
            request.Headers.TryAddWithoutValidation(
                MemberLink.AddressHeader, (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
        }

        if (options.PoolLock is { } only)
        {
            request.Headers.TryAddWithoutValidation(MemberLink.PoolLockHeader, Uri.EscapeDataString(only.Value));
        }

        return request;
    }

    /// <summary>One byte more than is allowed says that it is too long, and the member refuses it.</summary>
    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength is null or 0 && context.Request.Headers.TransferEncoding.Count == 0)
        {
            return [];
        }

        var buffer = new byte[ClaimRoutes.MaxRequestBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        return buffer[..length];
    }

    private async Task BringBackAsync(HttpContext context, AnswerClock.Second began, HttpResponseMessage answer, CancellationToken gone)
    {
        var body = await answer.Content.ReadAsByteArrayAsync(gone);
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            if (!IsOfTheConnection(name))
            {
                response.Headers[name] = new StringValues([.. values]);
            }
        }

        // Only what the member stamped is stamped: its router's bare answers have no clock and no signature.
        if (response.Headers.ContainsKey("Relay-Clock"))
        {
            stamp.Put(response, began, body);
        }

        if (body.Length > 0)
        {
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body, gone);
        }
    }

    private static bool IsOfTheConnection(string name) =>
        name.Equals("Connection", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Keep-Alive", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Date", StringComparison.OrdinalIgnoreCase);
}
