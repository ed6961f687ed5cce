using Berth.Server.Http;
using Berth.Server.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Forwarding;

/// <summary>
/// An edge without pools: it listens on a port of its own, with its own pool lock, signing secret, certificate and limits, and
/// hands every claim to the member that serves the database.
/// </summary>
public sealed class ForwardingEdge : IAsyncDisposable
{
    private readonly MemberLink _link;
    private readonly WebApplication _edge;

    private ForwardingEdge(MemberOptions options, Func<string> member, TimeProvider time, ILoggerFactory logs)
    {
        _link = new MemberLink(member, time);
        var signature = string.IsNullOrEmpty(options.SigningSecret) ? null : new AnswerSignature(options.SigningSecret);
        var log = logs.CreateLogger("berth.edge");
        var calls = new ForwardedCalls(_link, options, new EdgeStamp(new AnswerClock(time), signature), RateLimits.Of(options, time, log), new LinkTroubles(time, log));
        _edge = EdgeListener.Build(options, ServerCertificate.Of(options, time, log), time, logs, calls.HandleAsync);
    }

    /// <summary>The port that it listens on.</summary>
    public int Port { get; private set; }

    /// <summary>
    /// Begins to listen. Of the options those of the edge count; <paramref name="member"/> says where the member's socket is.
    /// Throws <see cref="IOException"/> when the address cannot be listened on or the certificate cannot be used.
    /// </summary>
    public static async Task<ForwardingEdge> StartAsync(MemberOptions options, Func<string> member, TimeProvider time, ILoggerFactory logs)
    {
        var edge = new ForwardingEdge(options, member, time, logs);
        try
        {
            await edge._edge.StartAsync();
            edge.Port = EdgeListener.PortOf(edge._edge);
            return edge;
        }
        catch
        {
            await edge.DisposeAsync();
            throw;
        }
    }

    /// <summary>Forwards until <paramref name="stop"/>; then requests under way are finished.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = stop.Register(asked.SetResult);
        await asked.Task;
        await _edge.StopAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        _link.Dispose();
    }
}
