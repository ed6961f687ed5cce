using Berth.Server.Http;
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

    private ForwardingEdge(MemberOptions options, TimeProvider time, ILoggerFactory logs)
    {
        _link = new MemberLink(options.Socket!, time);
        var signature = string.IsNullOrEmpty(options.SigningSecret) ? null : new AnswerSignature(options.SigningSecret);
        var calls = new ForwardedCalls(_link, options, new AnswerClock(time), signature, logs.CreateLogger("berth.edge"));
        _edge = EdgeListener.Build(options, logs, calls.HandleAsync);
    }

    /// <summary>The port that it listens on.</summary>
    public int Port { get; private set; }

    /// <summary>
    /// Begins to listen. <see cref="MemberOptions.Socket"/> is the member's; of the other options those of the edge count.
    /// Throws <see cref="IOException"/> when the address cannot be listened on.
    /// </summary>
    public static async Task<ForwardingEdge> StartAsync(MemberOptions options, TimeProvider time, ILoggerFactory logs)
    {
        var edge = new ForwardingEdge(options, time, logs);
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
