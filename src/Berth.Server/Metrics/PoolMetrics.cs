using Berth.Runtime.Metrics;

namespace Berth.Server.Metrics;

/// <summary>What is told of pools: only of those that this member owns, so that a sum over members is right.</summary>
internal sealed class PoolMetrics(PoolSurvey survey, int mostPools)
{
    /// <summary>Bounds of ages, in seconds: around the usual ttl of a minute.</summary>
    private static readonly double[] _ageBounds = [1, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800, 3600];

    /// <summary>The denials by the words under which they are also recorded.</summary>
    private static readonly (string Reason, PoolCount Count)[] _denials =
    [
        ("no-licenses", PoolCount.NoLicenses), ("all-held", PoolCount.AllHeld), ("expired", PoolCount.Expired),
        ("held-elsewhere", PoolCount.HeldElsewhere), ("cooling-down", PoolCount.CoolingDown), ("other-claim-key", PoolCount.OtherClaimKey),
    ];

    private static readonly (string Result, PoolCount[] Counts)[] _claims =
    [
        ("granted", [PoolCount.Granted]), ("denied", [.. _denials.Select(denial => denial.Count)]), ("already_held", [PoolCount.AlreadyHeld]),
        ("withheld", [PoolCount.Withheld]), ("unavailable", [PoolCount.Unavailable]), ("unknown", [PoolCount.Unknown]),
    ];

    private readonly PoolSeries _series = new(mostPools);

    /// <summary>Looks at the pools and writes what is told of them.</summary>
    public async Task WriteAsync(MetricsText text)
    {
        var readings = await survey.ReadAsync();
        var (shown, rest) = _series.Of(readings.Pools);
        List<ShownPool> all = rest is null ? [.. shown] : [.. shown, rest];
        WriteSeats(text, all);
        WriteClaims(text, all);
        WriteLicenses(text, all);
        WriteTotals(text, readings);
        WriteAges(text, readings.Pools);
    }

    private static void WriteSeats(MetricsText text, List<ShownPool> pools)
    {
        text.Gauge("berth_pool_seats", "Seats of the pool: all of its licenses, and of these the leased, the free, and the unheld ones of licenses past their end.");
        foreach (var (label, seats, _) in pools)
        {
            text.Sample(seats.Seats, label, "state=\"total\"");
            text.Sample(seats.Held, label, "state=\"leased\"");
            text.Sample(seats.Free, label, "state=\"free\"");
            text.Sample(seats.Lapsed, label, "state=\"expired\"");
        }
    }

    private static void WriteClaims(MetricsText text, List<ShownPool> pools)
    {
        text.Counter("berth_claims_total", "Claims of seats, without heartbeats, by how they were answered.");
        foreach (var pool in pools)
        {
            foreach (var (result, counts) in _claims)
            {
                text.Sample(counts.Sum(count => pool[count]), pool.Label, $"result=\"{result}\"");
            }
        }

        text.Counter("berth_denials_total", "Claims that were denied, by reason.");
        foreach (var pool in pools)
        {
            foreach (var (reason, count) in _denials)
            {
                text.Sample(pool[count], pool.Label, $"reason=\"{reason}\"");
            }
        }
    }

    private static void WriteLicenses(MetricsText text, List<ShownPool> pools)
    {
        text.Gauge("berth_licenses", "Licenses of the pool, retired ones included.");
        pools.ForEach(pool => text.Sample(pool.Figures.Licenses, pool.Label));
        text.Gauge("berth_licenses_expired", "Licenses of the pool that are past their end.");
        pools.ForEach(pool => text.Sample(pool.Figures.Ends.Ended, pool.Label));
        text.Gauge("berth_licenses_ending", "Licenses of the pool that end within so many days; each number includes the smaller ones.");
        foreach (var (label, figures, _) in pools)
        {
            text.Sample(figures.Ends.InDay, label, "days=\"1\"");
            text.Sample(figures.Ends.InWeek, label, "days=\"7\"");
            text.Sample(figures.Ends.InTwoWeeks, label, "days=\"14\"");
            text.Sample(figures.Ends.InMonth, label, "days=\"30\"");
        }

        text.Gauge("berth_license_not_after_timestamp_seconds", "When the next license of the pool ends; a pool without such a license has none.");
        foreach (var pool in pools.Where(pool => pool.Figures.Ends.NextMs is not null))
        {
            text.Sample(pool.Figures.Ends.NextMs!.Value / 1000.0, pool.Label);
        }
    }

    private void WriteTotals(MetricsText text, PoolReadings readings)
    {
        text.Gauge("berth_pools", "Pools of this member that are open, and those that are not, or not yet.");
        text.Sample(readings.Pools.Count, "state=\"open\"");
        text.Sample(readings.Unopened, "state=\"unopened\"");
        text.Gauge("berth_mailbox_waiting", "Commands that wait in the mailboxes of all pools of this member.");
        text.Sample(readings.Waiting);
        text.Gauge("berth_mailbox_waiting_max", "Commands that wait in the fullest mailbox.");
        text.Sample(readings.MostWaiting);
        text.Counter("berth_heartbeats_total", "Heartbeats by result: renewed, or not told because this member had no lease at that moment.");
        text.Sample(survey.Sum(PoolCount.Renewed), "result=\"renewed\"");
        text.Sample(survey.Sum(PoolCount.NotTold), "result=\"not_told\"");
        text.Counter("berth_releases_total", "Releases of seats by their nodes, by how they were answered.");
        text.Sample(survey.Sum(PoolCount.Released), "result=\"released\"");
        text.Sample(survey.Sum(PoolCount.ReleaseNotHeld), "result=\"not_held\"");
        text.Sample(survey.Sum(PoolCount.ReleaseUnavailable), "result=\"unavailable\"");
        text.Sample(survey.Sum(PoolCount.ReleaseUnknown), "result=\"unknown\"");
        text.Counter("berth_culls_total", "Claims that ended because their node was silent for too long.");
        text.Sample(survey.Sum(PoolCount.Culled));
    }

    /// <summary>Each holder that was looked at stands for as many as were not.</summary>
    private static void WriteAges(MetricsText text, IReadOnlyList<PoolReading> pools)
    {
        var counts = new long[_ageBounds.Length + 1];
        var sum = 0.0;
        foreach (var (_, figures, _) in pools)
        {
            var ages = figures.HeardAgesMs;
            for (var i = 0; i < ages.Count; i++)
            {
                var seconds = ages[i] / 1000.0;
                var standsFor = ((i + 1L) * figures.Held / ages.Count) - ((long)i * figures.Held / ages.Count);
                var bucket = Array.FindIndex(_ageBounds, bound => seconds <= bound);
                counts[bucket < 0 ? _ageBounds.Length : bucket] += standsFor;
                sum += seconds * standsFor;
            }
        }

        text.Histogram(
            "berth_heartbeat_age_seconds", "How long ago the holders were last heard, now: an estimate from a sample. It shrinks too, so it is read without rate().");
        text.Buckets(_ageBounds, counts, sum);
    }
}
