using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Simulation.Kernel;
using Berth.Simulation.Model;

namespace Berth.Simulation.Checks;

/// <summary>
/// Where nobody speaks any more, every claim has lapsed in the end, if its pool has heartbeats: a ttl after the silence, or after the pool
/// was last opened, because whoever opens it does not know who was heard since.
/// </summary>
internal sealed class NothingLeaks(ClusterModel model) : Check
{
    /// <summary>A lease, a sweep, and what a claim is kept longer than its node was told.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(30);

    private readonly Dictionary<PoolName, TimeSpan> _opened = [];
    private TimeSpan? _silence;

    /// <inheritdoc/>
    public override void OnStore(StoreCall call)
    {
        if (call is { Operation: OpenPool open, Result: OpenedPool { Result.Outcome: OpenOutcome.Opened } })
        {
            _opened[open.Pool] = model.Now;
        }
    }

    /// <inheritdoc/>
    public override void OnSilence() => _silence = model.Now;

    /// <inheritdoc/>
    public override void OnEnd()
    {
        foreach (var pool in model.Ledger.Pools.Where(pool =>
            pool.Adopted is { Heartbeats: true } && pool.Live.Count > 0 && QuietSince(pool) + pool.LongestTtl + _margin <= model.Now))
        {
            Violated(FormattableString.Invariant(
                $"pool {pool.Name}: {pool.Live.Count} claims live at version {pool.Version}, epoch {pool.Epoch.Value}, longest ttl ")
                + FormattableString.Invariant($"{pool.LongestTtl}, silent since {_silence}: {string.Join("; ", pool.Live)}"));
        }
    }

    private TimeSpan? QuietSince(PoolLedger pool) =>
        _opened.TryGetValue(pool.Name, out var opened) && opened > _silence ? opened : _silence;
}
