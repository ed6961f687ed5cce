namespace Berth.Simulation.Traffic;

/// <summary>The parts of a run, in virtual time.</summary>
internal static class RunTimes
{
    /// <summary>The last of the members has been started by then.</summary>
    public static readonly TimeSpan Started = TimeSpan.FromSeconds(3);

    /// <summary>The first fault comes no earlier.</summary>
    public static readonly TimeSpan FirstFault = TimeSpan.FromSeconds(15);

    /// <summary>Every fault is over and all members are up; nodes go on.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(7);

    /// <summary>Nobody asks any more: nodes neither renew nor release.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(495);

    /// <summary>The run is over: every claim has lapsed.</summary>
    public static readonly TimeSpan End = TimeSpan.FromMinutes(10);
}
