using Berth.Pools;
using Berth.Testing.Cluster;

namespace Berth.Runtime.Tests;

public sealed class ClusterMemberTests
{
    [Fact]
    public async Task Every_member_takes_every_request()
    {
        await using var cluster = await TestCluster.StartAsync(members: 3);
        await cluster.PoolAsync("pool", seats: 2);
        (await cluster.ClaimAsync("pool", "node-1", at: 0)).ShouldBeOfType<Granted>();
        (await cluster.ClaimAsync("pool", "node-1", at: 1)).ShouldBeOfType<Renewed>();
        (await cluster.ClaimAsync("pool", "node-2", at: 2)).ShouldBeOfType<Granted>();
        (await cluster.ClaimAsync("pool", "node-3", at: 1)).ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        (await cluster.ReleaseAsync("pool", "node-1", at: 2)).ShouldBe(Released.Instance);
        (await cluster.ClaimAsync("pool", "node-3", at: 0)).ShouldBeOfType<Granted>();
    }
}
