using Berth.Pools;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Which pool a request is for, and in which order it is refused.</summary>
public sealed class PoolSelectionTests
{
    private static readonly PoolName Blue = new("blue");

    [Theory]
    [InlineData("blue-1", "Relay-Pool: blue")]
    [InlineData("blue-1", "relay-pOOL: blue")]
    [InlineData("blue-1", "Relay-Pool:  \t blue \t ")]
    [InlineData("blue-1", "Relay-Pool: \u00a0blue\u2028")]
    [InlineData("blue-1", "Relay-Pool: blue", "Relay-Pool: red")]
    [InlineData("license-1", "Relay-Pool:")]
    [InlineData("license-1", "Relay-Pool:   ")]
    [InlineData("license-1", "Relay-Pool:", "Relay-Pool: blue")]
    [InlineData("license-1")]
    public async Task The_header_names_the_pool(string license, params string[] headers)
    {
        await using var member = await MemberAsync(null);
        (await member.AskAsync(Put("a", headers))).ShouldHandOut(201, license);
        (await member.StatusAsync(Delete("a", headers))).ShouldBe(204);
    }

    [Theory]
    [InlineData("Blue")]
    [InlineData("red")]
    [InlineData("-")]
    [InlineData("blue\"")]
    [InlineData("blu\u00e9")]
    public async Task An_unknown_pool_is_400_and_is_not_made(string pool)
    {
        await using var member = await MemberAsync(null);
        (await member.AskAsync(Put("a", "Relay-Pool: " + pool))).ShouldBe(400, InvalidPool);
        (await member.AskAsync(Delete("a", "Relay-Pool: " + pool))).ShouldBe(400, InvalidPool);
        member.Member.Pools.Names.ShouldBe([PoolName.Global, Blue]);
    }

    [Fact]
    public async Task A_pool_whose_name_is_not_ascii_can_be_named()
    {
        await using var member = await TestMember.StartAsync();
        await member.AddLicenseAsync(new PoolName("b\u00e9\u2028c"), "one");
        (await member.AskAsync(Put("a", "Relay-Pool: b\u00e9\u2028c"))).ShouldHandOut(201, "one");
    }

    [Fact]
    public async Task The_edge_may_be_locked_to_one_pool()
    {
        await using var member = await MemberAsync("blue");
        (await member.AskAsync(Put("a"))).ShouldHandOut(201, "blue-1");
        (await member.StatusAsync(Put("a", "Relay-Pool: blue"))).ShouldBe(202);
        (await member.StatusAsync(Put("a", "Relay-Pool:"))).ShouldBe(202);
        foreach (var other in new[] { "Blue", "red", "-", "blue,red" })
        {
            (await member.AskAsync(Put("a", "Relay-Pool: " + other))).ShouldBe(400, UnsupportedPool);
            (await member.AskAsync(Delete("a", "Relay-Pool: " + other))).ShouldBe(400, UnsupportedPool);
        }

        (await member.StatusAsync(Delete("a"))).ShouldBe(204);
    }

    [Fact]
    public async Task An_edge_locked_to_an_unknown_pool_serves_and_refuses()
    {
        await using var member = await MemberAsync("gone");
        (await member.StatusAsync(Health)).ShouldBe(200);
        (await member.AskAsync(Put("a"))).ShouldBe(400, InvalidPool);
        (await member.AskAsync(Put("a", "Relay-Pool: blue"))).ShouldBe(400, UnsupportedPool);
    }

    [Fact]
    public async Task A_pool_added_while_the_member_serves_is_there_at_once()
    {
        await using var member = await MemberAsync("late");
        (await member.AskAsync(Put("a"))).ShouldBe(400, InvalidPool);
        await member.AddSeatsAsync(new PoolName("late"), 1, "late-");
        (await member.AskAsync(Put("a"))).ShouldHandOut(201, "late-1");
    }

    [Fact]
    public async Task Release_with_exclusive_nodes_looks_for_the_node_before_the_pool()
    {
        await using var member = await MemberAsync(null, exclusive: true);
        (await member.StatusAsync(Put("known"))).ShouldBe(201);
        (await member.AskAsync(Delete("known", "Relay-Pool: gone"))).ShouldBe(400, InvalidPool);
        (await member.AskAsync(Delete("stranger", "Relay-Pool: gone"))).ShouldBe(404, ClaimNotFound);
        (await member.AskAsync(Delete("known", "Relay-Pool: blue"))).ShouldBe(404, ClaimNotFound);
        (await member.StatusAsync(Put("known"))).ShouldBe(202);
    }

    [Fact]
    public async Task Release_at_a_locked_edge_refuses_another_pool_before_it_looks_for_the_node()
    {
        await using var member = await MemberAsync("blue", exclusive: true);
        (await member.AskAsync(Delete("stranger", "Relay-Pool: gone"))).ShouldBe(400, UnsupportedPool);
    }

    [Fact]
    public async Task A_refused_claim_leaves_an_exclusive_node_free()
    {
        await using var member = await TestMember.StartAsync(TestMember.Options with { ExclusiveNodes = true });
        await member.AddSeatsAsync(Blue, 1, "blue-");
        (await member.StatusAsync(Put("a"))).ShouldBe(410);
        (await member.AskAsync(Delete("a", "Relay-Pool: gone"))).ShouldBe(404, ClaimNotFound);
        (await member.StatusAsync(Put("a", "Relay-Pool: blue"))).ShouldBe(201);
    }

    private static async Task<TestMember> MemberAsync(string? locked, bool exclusive = false)
    {
        PoolName? only = locked is null ? null : new PoolName(locked);
        var member = await TestMember.WithSeatsAsync(1, TestMember.Options with { PoolLock = only, ExclusiveNodes = exclusive });
        await member.AddSeatsAsync(Blue, 1, "blue-");
        return member;
    }
}
