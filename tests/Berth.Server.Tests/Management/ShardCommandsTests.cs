using Berth.Protocol;
using Berth.Runtime.Ownership;
using Berth.Testing.Cluster;

namespace Berth.Server.Tests.Management;

/// <summary>Shards as operators see them through a member, and how they move them.</summary>
public sealed class ShardCommandsTests
{
    [Fact]
    public async Task Shards_are_listed_with_what_their_owners_say()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var pool = rig.Cluster.NameOwnedBy(1);
        await rig.Cluster.PoolAsync(pool, seats: 1);
        await rig.Cluster.ClaimAsync(pool, "a");
        await rig.Cluster.PassAsync(TimeSpan.FromSeconds(6));
        var listing = await rig.GoodAsync(0, one => one.Cluster.ShardsAsync(default));
        (listing.FromStore, listing.Shards.Count).ShouldBe((true, Shards.Count));
        listing.Shards.Select(shard => shard.Shard).ShouldBe(Enumerable.Range(0, Shards.Count));
        listing.Shards.ShouldAllBe(shard => shard.Served && shard.Epoch > 0 && shard.KeptMs == null);
        var one = listing.Shards[Shards.Of(new(pool))];
        (one.Owner, one.Pools, one.Claims).ShouldBe(("m1", 1, 1));
        listing.Shards.Count(shard => shard.Pools > 0).ShouldBe(2);
        rig.Cluster.Kill(1);
        rig.Cluster[0].Table.OnCall = call =>
        {
            if (call is Testing.Cluster.TableCall.Acquire)
            {
                throw new IOException("not now");
            }
        };
        await rig.Cluster.PassAsync(TimeSpan.FromSeconds(4));
        var after = (await rig.GoodAsync(0, one => one.Cluster.ShardsAsync(default))).Shards[Shards.Of(new(pool))];
        (after.Owner, after.Served, after.Pools, after.Claims).ShouldBe(("m1", false, null, null));
        rig.Cluster[0].Table.OnCall = null;
    }

    [Fact]
    public async Task A_shard_moves_through_any_member_and_stays_until_it_is_sent_home()
    {
        await using var rig = await ClusterRig.StartAsync(3);
        var shard = rig.Cluster.Read().Shards.First(row => row.Owner == rig.Cluster[1].Self).Shard;
        var moved = await rig.GoodAsync(0, one => one.Cluster.MoveAsync(new MoveShardRequest(shard, "m2"), default));
        (moved.Shard, moved.From, moved.To, moved.KeptMs, moved.Before).ShouldBe((shard, "m1", "m2", 600_000, false));
        rig.Log.Count($"shards.move: shard {shard} from m1 to m2").ShouldBe(1);
        await rig.Cluster.PassAsync(TimeSpan.FromMinutes(1));
        var listed = (await rig.GoodAsync(1, one => one.Cluster.ShardsAsync(default))).Shards[shard];
        (listed.Owner, listed.KeptMs is > 530_000 and < 541_000).ShouldBe(("m2", true));
        (await rig.GoodAsync(1, one => one.Cluster.MoveAsync(new MoveShardRequest(shard, "m2", 60_000), default))).ShouldBe(
            new MovedShard(shard, "m2", "m2", 0, 60_000, Before: true));
        var home = await rig.GoodAsync(0, one => one.Cluster.MoveAsync(new MoveShardRequest(shard, "m1"), default));
        (home.From, home.KeptMs).ShouldBe(("m2", 0));
        await rig.Cluster.PassAsync(TimeSpan.FromSeconds(5));
        rig.Cluster.IsBalanced().ShouldBeTrue();
        (await rig.GoodAsync(0, one => one.Cluster.ShardsAsync(default))).Shards[shard].KeptMs.ShouldBeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_shard_that_was_moved_a_moment_ago_is_sent_home_from_where_it_is(int asked)
    {
        await using var rig = await ClusterRig.StartAsync(3);
        var shard = rig.Cluster.Read().Shards.First(row => row.Owner == rig.Cluster[1].Self).Shard;
        await rig.GoodAsync(0, one => one.Cluster.MoveAsync(new MoveShardRequest(shard, "m2"), default));
        var home = await rig.GoodAsync(asked, one => one.Cluster.MoveAsync(new MoveShardRequest(shard, "m1"), default));
        (home.From, home.To, home.Before).ShouldBe(("m2", "m1", false));
        (await rig.GoodAsync(0, one => one.Cluster.ShardsAsync(default))).Shards[shard].Owner.ShouldBe("m1");
    }

    [Fact]
    public async Task What_cannot_be_moved_says_why_and_stays()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var shard = rig.Cluster.Read().Shards.First(row => row.Owner == rig.Cluster[1].Self).Shard;
        foreach (var senseless in new[] { new MoveShardRequest(-1, "m0"), new(256, "m0"), new(shard, null!), new(shard, "m0", -1), new(shard, "m0", 86_400_001) })
        {
            (await rig.RefusedAsync(0, one => one.Cluster.MoveAsync(senseless, default))).Code.ShouldBe(ProblemCodes.InvalidRequest);
        }

        (await rig.RefusedAsync(0, one => one.Cluster.MoveAsync(new MoveShardRequest(shard, "m7"), default))).Code.ShouldBe(ProblemCodes.MemberNotFound);
        ClusterShowTests.MakeOld(rig, 0, "m1.site:6350");
        var refused = await rig.RefusedAsync(0, one => one.Cluster.MoveAsync(new MoveShardRequest(shard, "m0"), default));
        (refused.Code, refused.Detail.StartsWith("m1 at m1.site:6350 owns shard", StringComparison.Ordinal)).ShouldBe((ProblemCodes.ShardNotMoved, true));
        (await rig.GoodAsync(0, one => one.Cluster.ShardsAsync(default))).Shards[shard].Owner.ShouldBe("m1");
    }

    [Fact]
    public async Task An_owner_whose_answer_is_lost_leaves_it_open()
    {
        await using var rig = await ClusterRig.StartAsync(3);
        var shard = rig.Cluster.Read().Shards.First(row => row.Owner == rig.Cluster[1].Self).Shard;
        rig.Cluster[0].Wire.OnSend = request =>
        {
            if (request.RequestUri!.Authority == "m1.site:6350" && request.Content!.ReadAsByteArrayAsync().Result[1] == 5)
            {
                rig.Cluster[0].Wire.LoseAnswer();
            }
        };
        (await rig.RefusedAsync(0, one => one.Cluster.MoveAsync(new MoveShardRequest(shard, "m2"), default))).Code.ShouldBe(ProblemCodes.OutcomeUnknown);
        rig.Cluster.OwnerOfShard(shard).ShouldBe(2);
    }

    [Fact]
    public async Task An_owner_that_leaves_before_it_knows_who_has_the_shard_leaves_it_open()
    {
        await using var rig = await ClusterRig.StartAsync(3);
        var shard = rig.Cluster.Read().Shards.First(row => row.Owner == rig.Cluster[1].Self).Shard;
        var table = rig.Cluster[1].Table;
        table.OnCall = call =>
        {
            if (call is TableCall.Transfer)
            {
                throw new IOException("whether it was done is not known");
            }
        };
        var before = table.Count(TableCall.Transfer);
        var asked = rig.Cluster.Begin(() => rig.At(0).Cluster.MoveAsync(new MoveShardRequest(shard, "m2"), default));
        await rig.Cluster.UntilAsync(() => table.Count(TableCall.Transfer) > before);
        rig.Cluster.BeginLeave(1);
        (await rig.Cluster.WaitAsync(asked)).Problem!.Code.ShouldBe(ProblemCodes.OutcomeUnknown);
        table.OnCall = null;
    }
}
