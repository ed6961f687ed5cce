using Berth.Chaos.Checks;
using Berth.Chaos.Nodes;
using Berth.Chaos.Processes;
using Berth.Chaos.Report;
using Berth.Chaos.Runs;

namespace Berth.Chaos.Faults;

/// <summary>One thing that goes wrong, from its beginning until everything that was broken has been mended.</summary>
internal abstract class Fault(string name)
{
    /// <summary>How long pools may go without a new claim before that is called never.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>What it is asked for by.</summary>
    public string Name => name;

    /// <summary>What was acknowledged is lost with it, as everybody must notice: it needs a cluster of its own.</summary>
    public virtual bool EndsScene => false;

    /// <summary>Lets it happen, and mends it.</summary>
    public abstract Task RunAsync(Scene scene, FaultReport report);

    /// <summary>How long the pools of a victim give no new claim through the other members, from just before it is struck.</summary>
    protected static async Task<IReadOnlyList<Recovery>> MeasureAsync(Scene scene, ChaosMember victim, Func<Task> strikeAsync)
    {
        var pools = (await scene.ProbePoolsByOwnerAsync())[victim.Name].ToList();
        var since = scene.Recorder.Now;
        await strikeAsync();
        return await scene.Probes.UntilServedAsync(pools, scene.Others(victim), since, Patience);
    }

    /// <summary>What the fault should have led to has not come about, so it has shown nothing.</summary>
    protected void HadNoEffect(Scene scene, FaultReport report, string expected) =>
        report.Violate(new Violation(ViolationKind.Broken, scene.Recorder.Now, $"{name} had no effect: {expected}"));
}
