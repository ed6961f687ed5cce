using Berth.Pools;
using Berth.Runtime;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Traffic;

/// <summary>Somebody who asks until it is so, each time at another member.</summary>
internal sealed class Persistence(Crowd crowd, string asker, Dice dice)
{
    private static readonly TimeSpan _waits = TimeSpan.FromSeconds(10);

    public Who Who { get; } = new("operator", null, asker, null);

    /// <summary>Sends a command until its reply is one that ends it.</summary>
    public void Ask(PoolName pool, PoolCommand command, Func<PoolReply, bool> isEnd, Action<PoolReply> onEnd)
    {
        if (crowd.IsSilent)
        {
            return;
        }

        var isOver = false;
        var sent = crowd.Send(asker, dice.Pick(crowd.Cluster.Members), pool, command, reply =>
        {
            isOver = true;
            if (reply is not null && isEnd(reply))
            {
                onEnd(reply);
            }
            else
            {
                Again();
            }
        });
        crowd.World.At(_waits, () =>
        {
            if (!isOver)
            {
                isOver = true;
                sent.GiveUp();
                Again();
            }
        });

        void Again() => crowd.World.At(Pause(), () => Ask(pool, command, isEnd, onEnd));
    }

    /// <summary>Has a member do something until one of them did.</summary>
    public void Do(Func<ClusterMember, ValueTask<bool>> deed, Action onEnd)
    {
        if (crowd.IsSilent)
        {
            return;
        }

        var isOver = false;
        crowd.Do(dice.Pick(crowd.Cluster.Members), deed, End);
        crowd.World.At(_waits, () => End(false));

        void End(bool done)
        {
            if (isOver)
            {
                return;
            }

            isOver = true;
            if (done)
            {
                onEnd();
            }
            else
            {
                crowd.World.At(Pause(), () => Do(deed, onEnd));
            }
        }
    }

    private TimeSpan Pause() => dice.Between(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(1));
}
