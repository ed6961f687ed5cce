using System.Globalization;
using Berth.Chaos.Checks;

namespace Berth.Chaos.Report;

/// <summary>What a whole run came to, and whether it is good enough.</summary>
internal sealed class Tally
{
    /// <summary>A killed owner's pools give new claims again within 1,000 ms.</summary>
    public static readonly TimeSpan KillFloor = TimeSpan.FromMilliseconds(1_000);

    /// <summary>Those of one that fell silent within 4,000 ms.</summary>
    public static readonly TimeSpan SilentFloor = TimeSpan.FromMilliseconds(4_000);

    /// <summary>While members are stopped in an orderly way no claim takes longer than 2,000 ms.</summary>
    public static readonly TimeSpan PlannedFloor = TimeSpan.FromMilliseconds(2_000);

    private readonly List<TimeSpan> _kills = [];
    private readonly List<TimeSpan> _silences = [];
    private readonly List<TimeSpan> _planned = [];
    private readonly List<Violation> _violations = [];
    private int _faults;
    private int _refused;

    /// <summary>How many requests nodes sent.</summary>
    public long Operations { get; set; }

    /// <summary>What must not have been.</summary>
    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>Adds what came of a fault.</summary>
    public void Add(FaultReport fault)
    {
        _faults++;
        _violations.AddRange(fault.Violations);
        _kills.AddRange(fault.Kill is { } kill ? [kill] : []);
        _silences.AddRange(fault.Silent is { } silent ? [silent] : []);
        _planned.AddRange(fault.PlannedSlowest is { } planned ? [planned] : []);
        _refused += fault.PlannedRefused ?? 0;
    }

    /// <summary>Adds what was found when all faults were over.</summary>
    public void Add(IEnumerable<Violation> violations) => _violations.AddRange(violations);

    /// <summary>The last line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"faults={_faults} ops={Operations} lost={CountOf(ViolationKind.Lost)} oversold={CountOf(ViolationKind.Oversold)} leaked={CountOf(ViolationKind.Leaked)}"
        + $" failover_kill_p50_ms={Text(Median(_kills))} failover_kill_max_ms={Text(Max(_kills))} failover_silent_max_ms={Text(Max(_silences))}"
        + $" planned_refused={_refused} planned_max_ms={Text(Max(_planned))}");

    /// <summary>The floors that were missed.</summary>
    public IEnumerable<string> Missed()
    {
        if (Max(_kills) > KillFloor)
        {
            yield return $"a killed owner's pools gave no new claim for {Text(Max(_kills))} ms, at most {Text(KillFloor)}";
        }

        if (Max(_silences) > SilentFloor)
        {
            yield return $"a silent owner's pools gave no new claim for {Text(Max(_silences))} ms, at most {Text(SilentFloor)}";
        }

        if (_refused > 0)
        {
            yield return $"{_refused} heartbeats or claims were refused by every member while members were stopped in an orderly way";
        }

        if (Max(_planned) > PlannedFloor)
        {
            yield return $"a claim took {Text(Max(_planned))} ms while members were stopped in an orderly way, at most {Text(PlannedFloor)}";
        }
    }

    private int CountOf(ViolationKind kind) => _violations.Where(violation => violation.Kind == kind).Sum(violation => violation.Count);

    private static TimeSpan? Max(List<TimeSpan> times) => times.Count == 0 ? null : times.Max();

    private static TimeSpan? Median(List<TimeSpan> times) => times.Count == 0 ? null : times.Order().ElementAt(times.Count / 2);

    /// <summary>A dash: it was not measured.</summary>
    private static string Text(TimeSpan? time) => time is { } measured ? measured.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) : "-";
}
