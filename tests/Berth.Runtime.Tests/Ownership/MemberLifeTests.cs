using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Testing.Cluster;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Runtime.Tests.Ownership;

public sealed class MemberLifeTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Who_leaves_hands_everything_on_and_nobody_waits()
    {
        await using var cluster = await TestCluster.StartAsync(members: 3);
        var pool = cluster.NameOwnedBy(1);
        await cluster.PoolAsync(pool, seats: 1);
        await cluster.ClaimAsync(pool, "a", at: 1);
        await cluster.LeaveAsync(1);
        cluster.Read().Shards.ShouldAllBe(row => row.Owner == cluster[0].Self || row.Owner == cluster[2].Self);
        cluster.Read().Shards.ShouldAllBe(row => row.FormerLease == TimeSpan.Zero);
        cluster.Read().Members.Count(member => member.State == MemberState.Left).ShouldBe(1);
        var began = cluster.Clock.GetTimestamp();
        (await cluster.ClaimAsync(pool, "a", at: 0)).ShouldBeOfType<Renewed>();
        (await cluster.ReleaseAsync(pool, "a", at: 2)).ShouldBe(Released.Instance);
        cluster.Clock.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromMilliseconds(300));
    }

    /// <summary>
    /// That a life is over is said a moment before its renewing has ended; here whoever hears it goes on within that moment, each time.
    /// </summary>
    [Fact]
    public async Task Who_was_found_dead_joins_again_and_does_not_wait_until_it_may_leave()
    {
        const int Lives = 20;
        using var stop = new CancellationTokenSource();
        var mayLeave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var table = new ShortLives(Lives, lived.SetResult);
        using var wire = new HttpMessageInvoker(new SocketsHttpHandler());
        var card = new MemberCard("a", "a.site:6350", "site", "digest", FeatureLevel: 1, TimeSpan.FromSeconds(3), PolicyException.None);
        using var member = new ClusterMember(new ClusterMemberParts(card, new MemoryJournal(), table, wire, TimeProvider.System, NullLogger.Instance));
        var running = GoOnAtOnce.Run(() => member.RunAsync(stop.Token, () => mayLeave.Task));
        await lived.Task.WaitAsync(_patience, TestContext.Current.CancellationToken);
        mayLeave.SetResult();
        await stop.CancelAsync();
        await running.WaitAsync(_patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_last_one_leaves_its_shards_to_nobody_settled()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        await cluster.LeaveAsync(0);
        cluster.Read().Shards.ShouldAllBe(row => row.Owner == null && row.FormerLease == TimeSpan.Zero);
        cluster[0].Member.Lease.MayAnswer.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_not_settled_as_the_last_one_leaves_stays_so()
    {
        await using var cluster = await TestCluster.StartAsync(members: 2);
        var pool = cluster.NameOwnedBy(1);
        cluster.Kill(1);
        await cluster.UntilAsync(() => cluster.OwnerOf(pool) == 0);
        await cluster.LeaveAsync(0);
        var unsettled = cluster.Read().Shards.Where(row => row.FormerLease == TimeSpan.FromSeconds(3)).ToList();
        unsettled.ShouldContain(cluster.ShardOf(pool));
        unsettled.Count.ShouldBeLessThan(Shards.Count);
    }

    [Fact]
    public async Task A_renewal_that_was_on_its_way_brings_nothing_back()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        await cluster.PoolAsync("pool", seats: 1);
        var hold = cluster[0].Table.HoldAnswer(TableCall.Renew);
        var renewals = cluster[0].Table.Count(TableCall.Renew);
        await cluster.UntilAsync(() => cluster[0].Table.Count(TableCall.Renew) > renewals);
        cluster.BeginLeave(0);
        cluster.Do(() => hold.SetResult());
        var heldAfterLeaving = 0;
        await cluster.UntilAsync(() =>
        {
            var hasLeft = cluster.Read().Members.Any(member => member.State == MemberState.Left);
            heldAfterLeaving += hasLeft ? cluster[0].Member.Ownership.ShardsHeld : 0;
            return cluster[0].Running.IsCompleted;
        });
        heldAfterLeaving.ShouldBe(0);
        cluster[0].Member.Lease.MayAnswer.ShouldBeFalse();
    }

    [Fact]
    public async Task Nothing_is_taken_from_anybody_once_it_was_said_that_all_is_settled()
    {
        await using var cluster = await TestCluster.StartAsync(members: 2);
        var pool = cluster.NameOwnedBy(1);
        cluster.Kill(1);
        var hold = cluster[0].Table.HoldAnswer(TableCall.Acquire);
        await cluster.UntilAsync(() => cluster.ShardOf(pool).Owner == cluster[0].Self);
        cluster.BeginLeave(0);
        await cluster.PassAsync(TimeSpan.FromMilliseconds(500));
        cluster.Do(() => hold.TrySetResult());
        await cluster.UntilAsync(() => cluster[0].Running.IsCompleted);
        cluster.ShardOf(pool).FormerLease.ShouldBe(TimeSpan.FromSeconds(3), "the one that died may have answered until just now");
    }

    [Fact]
    public async Task What_it_took_without_knowing_is_not_called_settled()
    {
        await using var cluster = await TestCluster.StartAsync(members: 2);
        var pool = cluster.NameOwnedBy(1);
        cluster.Kill(1);
        cluster[0].Table.LoseAnswer(TableCall.Acquire);
        await cluster.UntilAsync(() => cluster.ShardOf(pool).Owner == cluster[0].Self);
        await cluster.LeaveAsync(0);
        cluster.ShardOf(pool).FormerLease.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_store_that_is_away_does_not_keep_it_for_longer_than_the_limit()
    {
        await using var cluster = await TestCluster.StartAsync(members: 2);
        cluster[0].CutStore();
        var began = cluster.Clock.GetTimestamp();
        await cluster.LeaveAsync(0);
        cluster.Clock.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(14));
        cluster[0].Log.Count("member.left: leaving was not recorded").ShouldBeGreaterThanOrEqualTo(1);
        await cluster.UntilAsync(() => cluster[1].Member.Ownership.ShardsHeld == Shards.Count);
    }
}
