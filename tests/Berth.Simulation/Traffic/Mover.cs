using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Traffic;

/// <summary>An operator who moves shards that are in use from one member to another, whatever else happens.</summary>
internal sealed class Mover(Crowd crowd, Span every)
{
    public const string Name = "mover";

    private readonly Dice _dice = crowd.Dice.Fork(Name);

    public void Begin() => crowd.World.At(RunTimes.FirstFault, Next);

    private void Next() => crowd.World.At(every.Draw(_dice), () =>
    {
        if (crowd.World.Now < RunTimes.Quiet)
        {
            Move(Shards.Of(_dice.Pick(crowd.Setting.Pools).Name), _dice.Pick(crowd.Cluster.Members));
            Next();
        }
    });

    /// <summary>Everybody is asked, and whoever has it moves it. What becomes of it is for the checks to see.</summary>
    private void Move(int shard, SimulatedMember to)
    {
        if (to.Running?.Ownership.Self is { } successor)
        {
            foreach (var member in crowd.Cluster.Members)
            {
                crowd.Do(
                    member,
                    async running => (await running.Ownership.MoveAsync(shard, successor)).Outcome == ShardMoveOutcome.Moved,
                    moved => crowd.Counts.AddMoved(moved));
            }
        }
    }
}
