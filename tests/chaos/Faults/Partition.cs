using Berth.Chaos.Hosts;
using Berth.Chaos.Report;
using Berth.Chaos.Runs;

namespace Berth.Chaos.Faults;

/// <summary>From whom a member is cut off.</summary>
internal enum Beyond
{
    /// <summary>From the other members.</summary>
    Peers,

    /// <summary>From PostgreSQL.</summary>
    Store,

    /// <summary>From the other members and PostgreSQL; nodes still reach it.</summary>
    PeersAndStore,

    /// <summary>From everybody: the host has lost its power, as far as others can tell.</summary>
    Everybody,
}

/// <summary>The owner is cut off for longer than its lease.</summary>
internal sealed class Partition(string name, Beyond beyond, CutKind kind, CutWay way = CutWay.Both) : Fault(name)
{
    public override async Task RunAsync(Scene scene, FaultReport report)
    {
        var victim = await scene.OwnerAsync();
        var peers = scene.Others(victim).Select(member => member.Host).ToList();
        Host[] stores = [scene.Primary.Host, scene.Spare.Host];
        IReadOnlyList<Host>? from = beyond switch
        {
            Beyond.Peers => peers,
            Beyond.Store => stores,
            Beyond.PeersAndStore => [.. peers, .. stores],
            _ => null,
        };
        report.Note(victim.Name);
        var lasting = scene.LetRunAsync(scene.LongerThanTheLease);
        try
        {
            if (beyond == Beyond.Peers)
            {
                // It keeps its lease and its pools: nothing is taken over, so there is nothing to measure.
                await Cut.MakeAsync(victim.Host, from, kind, way);
            }
            else
            {
                report.FellSilent(await MeasureAsync(scene, victim, () => Cut.MakeAsync(victim.Host, from, kind, way)), scene.Recorder.Now);
            }

            await lasting;
        }
        finally
        {
            await Cut.HealAsync(victim.Host);
        }
    }
}
