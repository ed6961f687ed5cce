using System.Diagnostics;
using System.Security.Cryptography;
using Berth.Runtime;
using Berth.Runtime.Tracing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Cluster;

/// <summary>What a member does with a request of another.</summary>
internal delegate ValueTask<ReadOnlyMemory<byte>> HopHandler(ReadOnlyMemory<byte> body, CancellationToken callerGone);

/// <summary>
/// Answers what comes in at the cluster port. Who has not the secret gets 401 and nothing else, before a byte of his body is read. Members get sealed answers:
/// 200 what was asked; 401, 400 and 503 it was certainly not done; 409 it came before; 500 nobody knows.
/// </summary>
internal sealed class HopRequests(Func<ClusterSecrets> secrets, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan _betweenLines = TimeSpan.FromMinutes(1);

    private readonly HopFreshness _freshness = new(time);
    private volatile HopHandler? _handler;
    private long _strangers;
    private long _saidAt = long.MinValue;

    /// <summary>Who answers; null: nobody yet, or no more.</summary>
    public HopHandler? Handler
    {
        get => _handler;
        set => _handler = value;
    }

    /// <summary>Answers one request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var opened = request.Method == HttpMethods.Post && request.Path.Value == ClusterMember.HopPath && !request.QueryString.HasValue
            ? secrets().Open(request.Headers[HopSeal.Header])
            : null;
        if (opened is not { } from || from.Seal.Length is < 0 or > ClusterMember.MaxHopBytes)
        {
            return Refuse(context);
        }

        context.Features.Get<StrangerLimit>()?.Welcome();
        return _freshness.Judge(from.Seal) switch
        {
            Freshness.Fresh => AnswerAsync(context, from),
            Freshness.Stale => WriteAsync(context, from, StatusCodes.Status401Unauthorized, default),
            _ => WriteAsync(context, from, StatusCodes.Status409Conflict, default),
        };
    }

    private async Task AnswerAsync(HttpContext context, OpenedRequest from)
    {
        using var span = Trace(context.Request.Headers);
        var (status, answer) = await ReadAsync(context, from.Seal.Length, from.BodyDigest) is { } body
            ? await DoAsync(body, context.RequestAborted)
            : (StatusCodes.Status400BadRequest, default);
        await WriteAsync(context, from, status, answer);
    }

    /// <summary>
    /// The sender's trace goes on here, if it has one. The header stands beside what is sealed: whoever changes it on the way changes where spans are shown and
    /// whether they are, and nothing that is decided.
    /// </summary>
    private static Activity? Trace(IHeaderDictionary headers) =>
        Traces.Source.HasListeners() && TraceParent.Parse(headers.TraceParent) is { } parent
            ? Traces.Source.StartActivity("hop answer", ActivityKind.Server, parent)
            : null;

    private async ValueTask<(int Status, ReadOnlyMemory<byte> Answer)> DoAsync(byte[] body, CancellationToken callerGone)
    {
        if (_handler is not { } handler)
        {
            return (StatusCodes.Status503ServiceUnavailable, default);
        }

        try
        {
            return (StatusCodes.Status200OK, await handler(body, callerGone));
        }
        catch (InvalidDataException broken)
        {
            log.NotUnderstood(broken.Message);
            return (StatusCodes.Status400BadRequest, default);
        }
        catch (Exception failure)
        {
            log.Failed(failure, failure.Message);
            return (StatusCodes.Status500InternalServerError, default);
        }
    }

    /// <summary>The body; null: it is not the one that was sealed.</summary>
    private static async ValueTask<byte[]?> ReadAsync(HttpContext context, int length, byte[] digest)
    {
        var body = new byte[length];
        var read = await context.Request.Body.ReadAtLeastAsync(body, length, throwOnEndOfStream: false, context.RequestAborted);
        return read == length && CryptographicOperations.FixedTimeEquals(SHA256.HashData(body), digest) ? body : null;
    }

    private async Task WriteAsync(HttpContext context, OpenedRequest to, int status, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength = body.Length;
        context.Response.Headers[HopSeal.Header] = to.By.SealAnswer(to.Seal, _freshness.Self, _freshness.NowMs, status, body.Span);
        if (body.Length > 0)
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    private Task Refuse(HttpContext context)
    {
        Tell(context);
        if (context.Features.Get<StrangerLimit>()?.Refuse() != true)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }

    /// <summary>One line a minute, however many come.</summary>
    private void Tell(HttpContext context)
    {
        Interlocked.Increment(ref _strangers);
        var said = Volatile.Read(ref _saidAt);
        var now = time.GetTimestamp();
        if ((said == long.MinValue || time.GetElapsedTime(said, now) >= _betweenLines) && Interlocked.CompareExchange(ref _saidAt, now, said) == said)
        {
            log.Strangers(Interlocked.Exchange(ref _strangers, 0), context.Connection.RemoteIpAddress?.ToString());
        }
    }
}

internal static partial class HopRequestsLog
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "cluster.strangers: {count} requests without the seal of this cluster since the last such line, the last one from {address}: it has another secret, or is no member")]
    public static partial void Strangers(this ILogger log, long count, string? address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster.request: another member sent what is not known here: {reason}")]
    public static partial void NotUnderstood(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "cluster.request: what another member sent was not answered: {reason}")]
    public static partial void Failed(this ILogger log, Exception failure, string reason);
}
