using Berth.Runtime.Audit;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Audit;

/// <summary>What a serving member does about its history beside the pools: checkpoints and retention.</summary>
internal sealed class MemberAudit : IAsyncDisposable
{
    private readonly HistoryGate _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _poolsStopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CheckpointLog? _checkpoints;
    private readonly HistoryRetention _retention;
    private Task _running = Task.CompletedTask;

    public MemberAudit(
        PoolHost host,
        IJournal journal,
        string cluster,
        AuditSigner? signer,
        RetentionLimits limits,
        TimeProvider time,
        ILogger log,
        Func<bool>? isWriter = null)
    {
        // The only member writes for itself.
        isWriter ??= () => true;
        Source = new AuditSource(journal, cluster, () => signer, _gate, time);
        _checkpoints = signer is null ? null : new CheckpointLog(journal, cluster, signer, time, log, isWriter);
        _retention = new HistoryRetention(host, journal, _gate, limits, time, log, isWriter);
    }

    /// <summary>Where exports come from.</summary>
    public AuditSource Source { get; }

    public void Start() =>
        _running = Task.WhenAll(_retention.RunAsync(_stop.Token), _checkpoints?.RunAsync(_poolsStopped.Task) ?? Task.CompletedTask);

    /// <summary>No new work; to be called before the pools stop.</summary>
    public Task BeginStopAsync() => _stop.CancelAsync();

    /// <summary>The pools write no more: the last checkpoint is written.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _poolsStopped.TrySetResult();
        await _running;
        _stop.Dispose();
        _gate.Dispose();
    }
}
