using Berth.Server.Http;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Berth.Server.Forwarding;

/// <summary>
/// Hands requests to the member as they are and brings its answers back, stamped and signed by this edge. The member alone
/// decides, and it alone knows what a request means.
/// </summary>
internal sealed class ForwardedCalls(
    MemberLink link, MemberOptions options, EdgeStamp stamp, RateLimits? limits, ILogger log)
{
    /// <summary>As for a member's own edge.</summary>
    private const int MaxBodyBytes = 1 << 20;

    /// <summary>More of a body is not carried: what is longer is refused by the member all the same.</summary>
    private const int MaxCarriedBytes = 64 * 1024;

    /// <summary>What a node may say that a member listens to.</summary>
    private static readonly string[] _carried = ["Relay-Pool", "Prefer", "Berth-User", "Berth-Host", "Berth-Claim-Key", "Accept"];

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var refusals = new EdgeRefusals(context, stamp.Now, stamp);
        if (limits is not null && WaitOf(context) is { } wait)
        {
            await refusals.TooManyAsync(wait);
            return;
        }

        if (context.Request.ContentLength > MaxBodyBytes)
        {
            await refusals.TooLargeAsync();
            return;
        }

        using var request = await RequestOfAsync(context);
        try
        {
            var gone = context.Features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed ?? default;
            using var answer = await link.SendAsync(request, gone);
            await BringBackAsync(context, refusals.Began, answer, gone);
        }
        catch (LinkException failure)
        {
            log.MemberUnreachable(failure.Message);
            await refusals.UnansweredAsync(failure.Failure);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException && !context.Response.HasStarted)
        {
            log.MemberUnreachable(failure.Message);
            await refusals.UnansweredAsync(LinkFailure.Unanswered);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered, and the member was told so by its connection.
            context.Abort();
        }
    }

    /// <summary>As at a member's own edge: claims and releases count, and releases for their address alone.</summary>
    private int? WaitOf(HttpContext context)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var target = RequestTarget.Parse(raw);
        var node = target.Kind == TargetKind.Native ? NativeTarget.Parse(raw).Fingerprint : target.Fingerprint;
        return target.Kind is TargetKind.Node or TargetKind.Native
            ? limits!.RetryAfter(context.Connection.RemoteIpAddress, context.Request.Method == HttpMethods.Delete ? null : node)
            : null;
    }

    private async Task<HttpRequestMessage> RequestOfAsync(HttpContext context)
    {
        var target = PathOf(context.Features.Get<IHttpRequestFeature>()!.RawTarget);
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), MemberLink.Target(target));
        foreach (var name in _carried)
        {
            if (context.Request.Headers.TryGetValue(name, out var values))
            {
                request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        if (context.Connection.RemoteIpAddress is { } address)
        {
            request.Headers.TryAddWithoutValidation(
                MemberLink.AddressHeader, (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
        }

        if (options.PoolLock is { } only)
        {
            request.Headers.TryAddWithoutValidation(MemberLink.PoolLockHeader, Uri.EscapeDataString(only.Value));
        }

        // Bodies mean nothing on /v1.
        if (target.StartsWith("/v2/", StringComparison.Ordinal) && await BodyAsync(context) is { Length: > 0 } body)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        return request;
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        var buffer = new byte[MaxCarriedBytes];
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

    /// <summary>The target without scheme and authority.</summary>
    private static string PathOf(string rawTarget)
    {
        var authority = rawTarget.StartsWith('/') ? -1 : rawTarget.IndexOf("://", StringComparison.Ordinal);
        var slash = authority < 0 ? 0 : rawTarget.IndexOf('/', authority + 3);
        return slash < 0 ? "/" : rawTarget[slash..];
    }
}

internal static partial class ForwardedCallsLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "the member did not answer: {reason}")]
    public static partial void MemberUnreachable(this ILogger log, string reason);
}
