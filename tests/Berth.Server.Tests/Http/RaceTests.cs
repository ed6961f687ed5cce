using Berth.Pools;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Many at once.</summary>
public sealed class RaceTests
{
    [Theory]
    [InlineData(true, 202)]
    [InlineData(false, 409)]
    public async Task Of_48_first_claims_of_one_node_one_is_granted(bool heartbeats, int others)
    {
        var options = TestMember.Options with { ExclusiveNodes = true, ExplicitPolicy = new PolicyException(null, null, heartbeats) };
        await using var member = await TestMember.WithSeatsAsync(60, options);
        var statuses = await AskAtOnceAsync(member, Enumerable.Repeat(Put("a"), 48).Select(request => new[] { request }));
        statuses.Count(status => status == 201).ShouldBe(1);
        statuses.Count(status => status == others).ShouldBe(47);
        (await SummaryAsync(member)).Held.ShouldBe(1);
    }

    [Fact]
    public async Task Of_1000_nodes_that_race_for_20_seats_20_are_granted()
    {
        await using var member = await TestMember.WithSeatsAsync(20);
        var requests = Enumerable.Range(0, 1_000).Select(i => Put($"node-{i}")).Chunk(10);
        var statuses = await AskAtOnceAsync(member, requests);
        statuses.Count(status => status == 201).ShouldBe(20);
        statuses.Count(status => status == 410).ShouldBe(980);
        (await SummaryAsync(member)).Held.ShouldBe(20);
    }

    [Fact]
    public async Task Claims_and_releases_in_a_storm_leave_every_seat_free()
    {
        await using var member = await TestMember.WithSeatsAsync(8);
        var requests = Enumerable.Range(0, 32).Select(i =>
            Enumerable.Repeat(new[] { Put($"node-{i}"), Put($"node-{i}"), Delete($"node-{i}") }, 10).SelectMany(round => round).ToArray());
        var statuses = await AskAtOnceAsync(member, requests);
        statuses.Length.ShouldBe(960);
        statuses.ShouldAllBe(status => status == 201 || status == 202 || status == 204 || status == 404 || status == 410);
        statuses.Count(status => status == 201).ShouldBe(statuses.Count(status => status == 204));
        (await SummaryAsync(member)).Free.ShouldBe(8);
    }

    [Fact]
    public async Task An_exclusive_node_that_races_for_two_pools_gets_one_seat()
    {
        await using var member = await TestMember.WithSeatsAsync(30, TestMember.Options with { ExclusiveNodes = true });
        await member.AddSeatsAsync(new PoolName("blue"), 30, "blue-");
        for (var round = 0; round < 10; round++)
        {
            var statuses = await AskAtOnceAsync(
                member, Enumerable.Range(0, 8).Select(i => new[] { i % 2 == 0 ? Put($"n{round}") : Put($"n{round}", "Relay-Pool: blue") }));
            statuses.Count(status => status == 201).ShouldBe(1);
            statuses.Count(status => status == 202).ShouldBe(3);
            statuses.Count(status => status == 409).ShouldBe(4);
        }
    }

    /// <summary>One connection for each list; all are connected before the first request goes out.</summary>
    private static async Task<int[]> AskAtOnceAsync(TestMember member, IEnumerable<string[]> requests)
    {
        var ready = await Task.WhenAll(requests.Select(async list => (list, await RawHttp.ConnectAsync(member.Port))));
        var statuses = await Task.WhenAll(ready.Select(async pair =>
        {
            var (list, connection) = pair;
            await using var _ = connection;
            var statuses = new List<int>();
            foreach (var request in list)
            {
                statuses.Add((await connection.AskAsync(request)).Status);
            }

            return statuses;
        }));
        return [.. statuses.SelectMany(list => list)];
    }

    private static async Task<PoolSummary> SummaryAsync(TestMember member) =>
        (await member.Member.Pools.SendAsync(PoolName.Global, new AskSummary(), default)).ShouldBeOfType<PoolSummary>();
}
