using Berth.Pools;
using Berth.Simulation.Kernel;
using Berth.Simulation.Scenarios;

namespace Berth.Simulation.Tests.Scenarios;

/// <summary>Members are asked to leave and start again, one after the other, while nodes go on.</summary>
public sealed class RollingRestartTests
{
    private static readonly TimeSpan _beat = TimeSpan.FromSeconds(1);

    private readonly List<string> _refused = [];
    private TimeSpan _longest;
    private int _renewed;

    [Fact]
    public void A_rolling_restart_loses_no_claim_and_tells_no_node_no()
    {
        using var script = Script.Started(3);
        List<PoolName> pools = [script.PoolAt("m1", 4), script.PoolAt("m2", 4), script.PoolAt("m3", 4)];
        foreach (var (pool, i) in pools.SelectMany(pool => Enumerable.Range(0, 4).Select(i => (pool, i))))
        {
            script.Claim($"{pool}-{i}", "m1", pool).Reply.ShouldBeOfType<Granted>();
            Beat(script, $"{pool}-{i}", pool, i);
        }

        foreach (var member in script.Cluster.Members)
        {
            member.Leave();
            script.RunUntil(() => !member.IsUp).ShouldBeLessThan(TimeSpan.FromSeconds(3));
            member.Start();
            script.RunUntil(script.IsBalanced);
        }

        _refused.ShouldBeEmpty();
        _renewed.ShouldBeGreaterThan(500);
        _longest.ShouldBeLessThan(TimeSpan.FromSeconds(0.3));
        script.Table.Members.Max(row => row.Crashes).ShouldBe(0);
        foreach (var pool in pools)
        {
            script.Claim("another", "m2", pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        }
    }

    /// <summary>A node renews every second at the next member that lets it in, and again at once where the answer is no answer.</summary>
    private void Beat(Script script, string node, PoolName pool, int turn)
    {
        var members = script.Cluster.Members;
        var began = script.Now;
        Try(turn);

        void Try(int next)
        {
            var edge = members[next % members.Count];
            script.Cluster.Send(node, edge, pool, new ClaimSeat(new(node), Who.Nobody), (_, outcome) =>
            {
                if (outcome.Answer?.Reply is Renewed)
                {
                    _renewed++;
                    _longest = script.Now - began > _longest ? script.Now - began : _longest;
                    script.World.At(_beat, () => Beat(script, node, pool, next + 1));
                    return;
                }

                if (outcome.Answer?.Reply is not (null or NotOwner or Unknown or Busy))
                {
                    _refused.Add($"{node} at {script.Now}: {outcome.Answer.Reply}");
                }

                script.World.At(Script.Way, () => Try(next + 1));
            });
        }
    }
}
