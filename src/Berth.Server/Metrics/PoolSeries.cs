using Berth.Pools;
using Berth.Runtime.Metrics;

namespace Berth.Server.Metrics;

/// <summary>
/// Which pools are shown by name, and what is added up for the others. The largest are shown; a pool that is shown stays so as long as this
/// member owns it, and another takes its place only then. What was once added up for the others stays with them, so that no counter
/// goes back and the sum over all is right. One scrape at a time.
/// </summary>
internal sealed class PoolSeries(int most)
{
    /// <summary>The name that the others are summed under. A pool of this name is one of them.</summary>
    public const string Others = "other";

    private readonly Dictionary<string, string> _shown = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Past> _past = new(StringComparer.Ordinal);
    private readonly long[] _others = new long[Kinds.Count];

    private static IReadOnlyList<PoolCount> Kinds { get; } = Enum.GetValues<PoolCount>();

    /// <summary>The pools that are shown by name, in their order, and all others together; null: there are no others.</summary>
    public (IReadOnlyList<ShownPool> Shown, ShownPool? Others) Of(IReadOnlyList<PoolReading> pools)
    {
        Choose(pools);
        var shown = new List<ShownPool>(_shown.Count);
        var rest = new List<PoolReading>();
        foreach (var pool in pools)
        {
            var past = _past.TryGetValue(pool.Name.Value, out var known) ? known : _past[pool.Name.Value] = new Past();
            if (_shown.TryGetValue(pool.Name.Value, out var label))
            {
                shown.Add(new ShownPool(label, pool.Figures, past.Own(pool.Counts)));
            }
            else
            {
                past.AddTo(_others, pool.Counts);
                rest.Add(pool);
            }
        }

        shown.Sort((one, other) => string.CompareOrdinal(one.Label, other.Label));
        return (shown, rest.Count == 0 && _others.All(count => count == 0)
            ? null
            : new ShownPool(MetricsText.Label("pool", Others), Sum(rest), (long[])_others.Clone()));
    }

    private void Choose(IReadOnlyList<PoolReading> pools)
    {
        var here = pools.Select(pool => pool.Name.Value).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _shown.Keys.Where(name => !here.Contains(name)).ToList())
        {
            _shown.Remove(gone);
        }

        if (_shown.Count == Math.Min(most, pools.Count))
        {
            return;
        }

        var largest = pools.Where(pool => !_shown.ContainsKey(pool.Name.Value) && pool.Name.Value != Others)
            .OrderByDescending(pool => pool.Figures.Seats).ThenBy(pool => pool.Name.Value, StringComparer.Ordinal);
        foreach (var pool in largest.Take(most - _shown.Count))
        {
            _shown.Add(pool.Name.Value, MetricsText.Label("pool", pool.Name.Value));
        }
    }

    private static PoolFigures Sum(List<PoolReading> pools)
    {
        var (seats, held, free, lapsed, licenses) = (0L, 0, 0L, 0L, 0);
        var ends = new LicenseEndCounts(0, 0, 0, 0, 0, null);
        foreach (var (_, figures, _) in pools)
        {
            (seats, held, free, lapsed, licenses) =
                (seats + figures.Seats, held + figures.Held, free + figures.Free, lapsed + figures.Lapsed, licenses + figures.Licenses);
            var more = figures.Ends;
            ends = new LicenseEndCounts(
                ends.Ended + more.Ended, ends.InDay + more.InDay, ends.InWeek + more.InWeek, ends.InTwoWeeks + more.InTwoWeeks, ends.InMonth + more.InMonth,
                ends.NextMs is { } next && next < (more.NextMs ?? long.MaxValue) ? next : more.NextMs);
        }

        return new PoolFigures(seats, held, free, lapsed, licenses, ends, []);
    }

    /// <summary>What of a pool's counts was added to those of the others.</summary>
    private sealed class Past
    {
        private readonly long[] _seen = new long[Kinds.Count];
        private long[]? _given;

        public long[] Own(PoolCounts counts)
        {
            var own = new long[_seen.Length];
            for (var i = 0; i < own.Length; i++)
            {
                _seen[i] = counts[Kinds[i]];
                own[i] = _seen[i] - (_given?[i] ?? 0);
            }

            return own;
        }

        public void AddTo(long[] others, PoolCounts counts)
        {
            _given ??= new long[_seen.Length];
            for (var i = 0; i < others.Length; i++)
            {
                var more = counts[Kinds[i]] - _seen[i];
                _seen[i] += more;
                _given[i] += more;
                others[i] += more;
            }
        }
    }
}

/// <summary>A pool as it is shown.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Figures">How it stands.</param>
/// <param name="Counts">What it was asked and answered, by <see cref="PoolCount"/>.</param>
internal sealed record ShownPool(string Label, PoolFigures Figures, long[] Counts)
{
    /// <summary>How often this was answered.</summary>
    public long this[PoolCount what] => Counts[(int)what];
}
