using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Testing.Cluster;

namespace Berth.Runtime.Tests.Ownership;

public sealed class OwnershipLoopTests
{
    [Fact]
    public async Task Who_does_not_fit_the_cluster_is_told_why()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        var stranger = cluster.Add(card => card with { SecretDigest = new string('b', 64) });
        await cluster.UntilAsync(() => stranger.Running.IsCompleted);
        var refused = await stranger.Running.ShouldThrowAsync<JoinRefusedException>();
        refused.Refusal.ShouldBe(JoinRefusal.OtherSecret);
        refused.Message.ShouldContain("secret");
    }

    [Fact]
    public async Task A_store_that_is_away_is_waited_for()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        var late = cluster.Add(before: node => node.CutStore());
        await cluster.PassAsync(TimeSpan.FromSeconds(60));
        late.Running.IsCompleted.ShouldBeFalse();
        var asked = late.Table.Count(TableCall.Join);
        asked.ShouldBeInRange(10, 20);
        late.Heal();
        await cluster.UntilAsync(() => late.Member.IsReady);
    }

    [Fact]
    public async Task Who_is_found_dead_joins_again_as_somebody_new()
    {
        await using var cluster = await TestCluster.StartAsync(members: 2);
        await cluster.PoolAsync("pool", seats: 1);
        await cluster.ClaimAsync("pool", "a");
        var former = cluster[0].Self;
        await cluster.Table.DownAsync(former, CancellationToken.None);
        await cluster.UntilAsync(() => cluster[0].Self.Value > former.Value && cluster.Nodes.All(node => node.Member.IsReady));
        await cluster.UntilAsync(() => cluster.Nodes.Sum(node => node.Member.Ownership.ShardsHeld) == Shards.Count);
        (await cluster.ClaimAsync("pool", "a", at: 0)).ShouldBeOfType<Renewed>();
        cluster[0].Log.Count("member.down").ShouldBe(1);
    }

    [Fact]
    public async Task A_store_that_went_back_in_time_gives_no_seats_while_renewals_go_on()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        await cluster.PoolAsync("pool", seats: 2);
        await cluster.ClaimAsync("pool", "a");
        await cluster.PassAsync(TimeSpan.FromSeconds(1));
        cluster[0].Table.OnRead = table => table with
        {
            Shards = [.. table.Shards.Select(row => row.Shard == Shards.Of(new("pool")) ? row with { Epoch = new Epoch(row.Epoch.Value - 1) } : row)],
        };
        await cluster.PassAsync(TimeSpan.FromSeconds(5));
        (await cluster.ClaimAsync("pool", "b")).ShouldBe(GrantsWithheld.Instance);
        (await cluster.ClaimAsync("pool", "a")).ShouldBeOfType<Renewed>();
        cluster[0].Log.Count("store.went-back").ShouldBe(1, "it is said once and not at each look");
    }

    [Fact]
    public async Task Once_a_counter_went_back_seats_of_shards_that_are_taken_are_withheld()
    {
        await using var cluster = await TestCluster.StartAsync(members: 2);
        var (kept, taken) = (cluster.NameOwnedBy(0), cluster.NameOwnedBy(1));
        await cluster.PoolAsync(kept, seats: 2);
        await cluster.PoolAsync(taken, seats: 2);
        await cluster.ClaimAsync(taken, "a");
        await cluster.PassAsync(TimeSpan.FromSeconds(5));
        var looks = 0;
        cluster[0].Table.OnRead = table => looks++ > 0
            ? table
            : table with { Members = [.. table.Members.Select(row => row with { Counter = row.Counter - 1 })] };
        await cluster.UntilAsync(() => looks > 2);
        cluster[0].Log.Count("store.went-back").ShouldBe(1, "it is said once and not at each look");

        cluster.Kill(1);
        await cluster.UntilAsync(() => cluster.OwnerOf(taken) == 0);
        (await cluster.ClaimAsync(taken, "a")).ShouldBeOfType<Renewed>();
        (await cluster.ClaimAsync(taken, "b")).ShouldBe(GrantsWithheld.Instance);
        (await cluster.ClaimAsync(kept, "b")).ShouldBeOfType<Granted>("what it had all the time it knows");
    }

    [Fact]
    public async Task A_renewal_that_was_done_before_is_a_sign_too()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        await cluster.PassAsync(TimeSpan.FromSeconds(5));
        cluster[0].Log.Count("store.went-back").ShouldBe(0);
        var renewals = cluster[0].Table.Count(TableCall.Renew);
        cluster[0].Table.OnRenew = result => result with { Counter = result.Counter - 1 };
        await cluster.UntilAsync(() => cluster[0].Table.Count(TableCall.Renew) > renewals + 1);
        cluster[0].Log.Count("store.went-back").ShouldBe(1);
    }

    [Fact]
    public async Task What_it_knew_of_the_store_outlives_its_life()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        await cluster.PoolAsync("pool", seats: 2);
        await cluster.PassAsync(TimeSpan.FromSeconds(1));
        var former = cluster[0].Self;
        cluster[0].Table.OnRead = table => cluster[0].Self == former
            ? table
            : table with { Shards = [.. table.Shards.Select(row => row with { Epoch = new Epoch(0) })] };
        await cluster.Table.DownAsync(former, CancellationToken.None);
        await cluster.UntilAsync(() => cluster[0].Self.Value > former.Value && cluster[0].Member.IsReady);
        await cluster.PassAsync(TimeSpan.FromSeconds(2));
        (await cluster.ClaimAsync("pool", "b")).ShouldBe(GrantsWithheld.Instance);
    }
}
