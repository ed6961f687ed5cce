using Berth.Simulation.Model;

namespace Berth.Simulation.Checks;

/// <summary>Where nobody speaks any more, every claim has lapsed in the end, if its pool has heartbeats.</summary>
internal sealed class NothingLeaks(ClusterModel model) : Check
{
    /// <summary>A lease, a sweep, and what a claim is kept longer than its node was told.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(30);

    private TimeSpan? _silence;

    /// <inheritdoc/>
    public override void OnSilence() => _silence = model.Now;

    /// <inheritdoc/>
    public override void OnEnd()
    {
        foreach (var pool in model.Ledger.Pools.Where(pool =>
            pool.Adopted is { Heartbeats: true } && pool.Live.Count > 0 && _silence + pool.LongestTtl + _margin <= model.Now))
        {
            Violated(FormattableString.Invariant(
                $"pool {pool.Name}: {pool.Live.Count} claims live at version {pool.Version}, epoch {pool.Epoch.Value}, longest ttl ")
                + FormattableString.Invariant($"{pool.LongestTtl}, silent since {_silence}: {string.Join("; ", pool.Live)}"));
        }
    }
}
