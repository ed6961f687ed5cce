using System.Diagnostics;
using Berth.Pools;
using Berth.Runtime.Routing;
using Berth.Simulation.Checks;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Tests.Checks;

/// <summary>The product itself, under all checks.</summary>
public sealed class AllChecksTests(ITestOutputHelper output)
{
    private static readonly PoolName _pool = PoolName.Global;

    [Fact]
    public void Nothing_is_found_in_a_cluster_that_is_left_alone()
    {
        using var world = new World(7);
        var cluster = new SimulatedCluster(world, new ClusterSetting { Members = 3 });
        var model = AllChecks.AddTo(cluster);
        foreach (var member in cluster.Members)
        {
            member.Start();
        }

        List<PoolReply> replies = [];
        world.RunUntil(TimeSpan.FromSeconds(5));
        for (var i = 1; i <= 2; i++)
        {
            Send(cluster, 0, new AddLicenses([new LicenseGrant(new LicenseId($"l{i}"), i, null)], Who.Nobody), replies);
        }

        for (var second = 6; second < 120; second++)
        {
            world.RunUntil(TimeSpan.FromSeconds(second));
            var node = new Fingerprint($"n{second % 5}");
            Send(cluster, second % 3, second % 11 == 0 ? new ReleaseSeat(node, Who.Nobody) : new ClaimSeat(node, Who.Nobody), replies);
            if (second == 60)
            {
                cluster.Members[1].Crash(KillKind.Power);
            }
            else if (second == 80)
            {
                cluster.Members[1].Start();
            }
        }

        cluster.Witness.Tell(check => check.OnSilence());
        var from = Stopwatch.GetTimestamp();
        world.RunUntil(TimeSpan.FromSeconds(240)).ShouldBeTrue(world.Ended?.ToString());
        cluster.Witness.Tell(check => check.OnEnd());
        output.WriteLine($"{world.Steps} steps, {Stopwatch.GetElapsedTime(from).TotalMilliseconds:0} ms for the last two minutes");
        cluster.Witness.Violation.ShouldBeNull();
        replies.OfType<Granted>().Count().ShouldBeGreaterThan(3);
        replies.OfType<Renewed>().ShouldNotBeEmpty();
        replies.OfType<NoSeatFree>().ShouldNotBeEmpty();
        var pool = model.Ledger.PoolOf(_pool).ShouldNotBeNull();
        pool.Live.ShouldBeEmpty();
        pool.LastNumber.ShouldBeGreaterThan(3);
    }

    private static void Send(SimulatedCluster cluster, int member, PoolCommand command, List<PoolReply> replies) =>
        cluster.Send("node", cluster.Members[member], _pool, command, (_, outcome) =>
        {
            if (outcome.Answer is { } answer)
            {
                replies.Add(answer.Reply);
            }
        });
}
