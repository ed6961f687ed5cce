using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Tests.Pools;
using Berth.Testing.Cluster;

namespace Berth.Runtime.Tests.Journal;

/// <summary>What is written can be read by every member that may own the pool next.</summary>
public sealed class FeatureLevelsTests
{
    public static TheoryData<string> Names => [.. EventSamples.All.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_event_has_a_level_that_this_version_can_do(string name) =>
        FeatureLevels.Of(EventSamples.All.Single(sample => sample.Name == name).Event).ShouldBeInRange(1, FeatureLevels.Newest);

    [Fact]
    public async Task An_event_that_some_member_could_not_read_is_not_written()
    {
        await using var rig = await ActorRig.WithSeatsAsync(1);
        var before = await rig.Store.ReadAsync(ActorRig.Pool, 0, 100);
        rig.Shared.FeatureLevel = 0;
        (await rig.ClaimAsync("a")).ShouldBeOfType<NotWritten>();
        (await rig.Store.ReadAsync(ActorRig.Pool, 0, 100)).Count.ShouldBe(before.Count);
        rig.Shared.FeatureLevel = 1;
        (await rig.ClaimAsync("a")).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task Who_was_never_told_a_level_writes_nothing()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        var newer = cluster.Add(before: node => node.CutStore());
        newer.Member.Pools.FeatureLevel.ShouldBe(0);
        newer.Heal();
        await cluster.UntilAsync(() => newer.Member.Pools.FeatureLevel == 1);
    }

    [Fact]
    public async Task Members_write_what_the_oldest_of_them_can_read_until_it_has_gone()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        var newer = cluster.Add(card => card with { FeatureLevel = 3 });
        await cluster.UntilAsync(cluster.IsBalanced);
        newer.Member.Pools.FeatureLevel.ShouldBe(1);
        cluster[0].Member.Pools.FeatureLevel.ShouldBe(1);

        await cluster.LeaveAsync(0);
        await cluster.UntilAsync(() => newer.Member.Pools.FeatureLevel == 3);
    }
}
