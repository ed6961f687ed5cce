using System.Diagnostics;
using Berth.Simulation.Faults;
using Berth.Simulation.Kernel;
using Berth.Simulation.Traffic;

namespace Berth.Simulation.Tests.Faults;

/// <summary>A whole run of a seed, without checks.</summary>
internal sealed class PlayedRun : IDisposable
{
    private readonly long _from = Stopwatch.GetTimestamp();

    public PlayedRun(
        ulong seed,
        FaultProfile? faults = null,
        IReadOnlySet<string>? withoutAskers = null,
        IReadOnlySet<int>? withoutFaults = null,
        Func<Setup, Setup>? change = null)
    {
        var drawn = Setup.Of(seed, faults);
        Setup = change is null ? drawn : change(drawn);
        World = Setup.NewWorld();
        Stage = Setup.Start(World, withoutAskers, withoutFaults);
    }

    public Setup Setup { get; }

    public World World { get; }

    public Stage Stage { get; }

    public TrafficCounts Counts => Stage.Crowd.Counts;

    /// <summary>One line about what it cost.</summary>
    public string Cost => FormattableString.Invariant(
        $"{Setup}: {Stopwatch.GetElapsedTime(_from).TotalSeconds:0.00} s, {World.Steps / 1000}k steps, {Counts.Sent} requests, {Counts.Answered} answered, {Stage.Cluster.Store.Calls} store calls, {Stage.Cluster.Network.Counts.Sent} calls");

    /// <summary>Runs on. Whatever ends the run before is an error, unless it is asked for.</summary>
    public PlayedRun Until(TimeSpan time)
    {
        World.RunUntil(time);
        World.Ended.ShouldBeNull(Setup.ToString());
        return this;
    }

    public void Dispose() => World.Dispose();
}
