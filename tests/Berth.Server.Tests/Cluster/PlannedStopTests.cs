using System.Collections.Concurrent;
using Berth.Testing;

namespace Berth.Server.Tests.Cluster;

/// <summary>A member is stopped, and another comes, while nodes go on claiming and renewing at all edges.</summary>
public sealed class PlannedStopTests
{
    private const int Nodes = 24;
    private static readonly TimeSpan _slowest = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_rolling_restart_refuses_nobody_and_keeps_nobody_waiting()
    {
        await using var rig = await ClusterRig.StartAsync(3);
        var pools = rig.Members.Select((member, i) => rig.NameOwnedBy(member, $"p{i}-")).ToArray();
        foreach (var pool in pools)
        {
            await rig[0].AddSeatsAsync(pool, Nodes);
        }

        using var stop = new CancellationTokenSource();
        var refused = new ConcurrentQueue<string>();
        var slowest = TimeSpan.Zero;
        var asked = 0;
        var edges = rig.Members.ToList();
        var load = Enumerable.Range(0, Nodes).Select(node => LoadAsync(node)).ToList();
        await rig.UntilAsync(() => Volatile.Read(ref asked) > 100);
        for (var i = 0; i < 3; i++)
        {
            // As a load balancer does: it sends nobody to a member that is not ready any more.
            var leaving = rig.Members[i];
            var remaining = rig.Members.Where(member => !member.IsGone && member != leaving).ToList();
            await leaving.BeginStopAsync();
            Volatile.Write(ref edges, remaining);
            await leaving.StopAsync();
            await rig.AddAsync($"m{i}");
            Volatile.Write(ref edges, [.. rig.Members.Where(member => !member.IsGone)]);
            var before = Volatile.Read(ref asked);
            await rig.UntilAsync(() => rig.IsShared() && Volatile.Read(ref asked) > before + 200);
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        refused.ShouldBeEmpty();
        slowest.ShouldBeLessThan(_slowest);
        TestContext.Current.TestOutputHelper?.WriteLine($"{asked} requests, the slowest took {slowest.TotalMilliseconds:F0} ms");

        async Task LoadAsync(int node)
        {
            while (!stop.IsCancellationRequested)
            {
                var there = Volatile.Read(ref edges);
                var edge = there[Interlocked.Increment(ref asked) % there.Count];
                var pool = pools[node % pools.Length];
                var began = TimeProvider.System.GetTimestamp();
                try
                {
                    var (status, text) = await rig.PutAsync(edge, pool, $"node-{node}");
                    if (status is not (201 or 202))
                    {
                        refused.Enqueue($"{status} {text} at {edge.Name}");
                    }
                }
                catch (HttpRequestException) when (edge.IsGone || !Volatile.Read(ref edges).Contains(edge))
                {
                    // The connection ended with its member before it was answered: the node asks another.
                    continue;
                }

                var took = TimeProvider.System.GetElapsedTime(began);
                slowest = took > slowest ? took : slowest;
            }
        }
    }

    /// <summary>Its body comes only when the member has handed everything on: by then it must still have a way to the others.</summary>
    [Fact]
    public async Task What_began_before_a_member_left_is_sent_on_to_the_new_owner()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var pool = rig.NameOwnedBy(rig[0]);
        await rig[1].AddSeatsAsync(pool, 1);
        await using var slow = await RawHttp.ConnectAsync(rig[0].Port);
        await slow.SendAsync($"PUT /v2/pools/{pool}/claims/a HTTP/1.1\r\nHost: berth\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{");
        await rig[0].BeginStopAsync();
        await rig.UntilAsync(() => rig.Read().Shards.All(shard => shard.Owner == rig[1].Member.InCluster!.Ownership.Self));
        await slow.SendAsync("}");
        var answer = await slow.ReadAsync();
        answer.Status.ShouldBe(201, answer.Text);
        await rig[0].StopAsync();
    }

    [Fact]
    public async Task A_member_that_leaves_answers_what_comes_in_until_its_edge_is_closed()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var pool = rig.NameOwnedBy(rig[0]);
        await rig[1].AddSeatsAsync(pool, 100);
        var answers = new List<int>();
        await rig[0].BeginStopAsync();
        try
        {
            for (var i = 0; i < 100; i++)
            {
                answers.Add((await rig.PutAsync(rig[0], pool, $"node-{i}")).Status);
            }
        }
        catch (HttpRequestException)
        {
            answers.Count.ShouldBeGreaterThan(0, "the edge was closed before it answered anything");
        }

        answers.ShouldAllBe(status => status == 201);
        await rig[0].StopAsync();
        rig.Read().Members[0].State.ShouldBe(Runtime.Ownership.MemberState.Left);
        rig.OwnerOf(pool).ShouldBe(rig[1]);
    }
}
