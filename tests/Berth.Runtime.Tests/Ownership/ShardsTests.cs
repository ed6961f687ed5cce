using Berth.Pools;
using Berth.Runtime.Ownership;

namespace Berth.Runtime.Tests.Ownership;

public sealed class ShardsTests
{
    /// <summary>The names by the shards that sha256sum says, outside .NET: the 15th and 16th digit, as a store has them for ever.</summary>
    [Theory]
    [InlineData("-", 0xf9)]
    [InlineData("blue", 0x99)]
    [InlineData("pool 1", 0x7e)]
    [InlineData("CAD Süd", 0x98)]
    public void A_pool_has_the_same_shard_for_ever(string name, int shard) => Shards.Of(new PoolName(name)).ShouldBe(shard);

    [Fact]
    public void The_global_pool_has_a_shard() => Shards.Of(PoolName.Global).ShouldBe(0xf9);

    [Fact]
    public void The_longest_names_have_a_shard()
    {
        Shards.Of(new PoolName(new string('x', PoolName.MaxBytes))).ShouldBe(0xf6);
        Shards.Of(new PoolName(new string('ü', PoolName.MaxBytes / 2))).ShouldBe(0x06);
    }

    [Fact]
    public void Names_that_differ_in_case_or_composition_are_other_pools()
    {
        Shards.Of(new PoolName("Blue")).ShouldNotBe(Shards.Of(new PoolName("blue")));
        Shards.Of(new PoolName("CAD Su\u0308d")).ShouldNotBe(Shards.Of(new PoolName("CAD Süd")));
    }

    [Fact]
    public void A_text_far_longer_than_a_name_is_refused() =>
        Should.Throw<ArgumentException>(() => Shards.Of(new PoolName(new string('x', 10_000)))).Message.ShouldContain("128");

    [Fact]
    public void Every_shard_is_reached_and_none_gets_far_more_than_its_part()
    {
        const int Pools = 100 * Shards.Count;
        var counts = new int[Shards.Count];
        for (var i = 0; i < Pools; i++)
        {
            counts[Shards.Of(new PoolName($"pool {i}"))]++;
        }

        // 100 on average with a deviation of 10: five of them either way.
        counts.ShouldAllBe(count => count > 50 && count < 150);
    }
}
