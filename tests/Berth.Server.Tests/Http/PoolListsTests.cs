using Berth.Pools;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Several pools in <c>Relay-Pool</c>.</summary>
public sealed class PoolListsTests
{
    private static readonly PoolName Red = new("red");
    private static readonly PoolName Blue = new("blue");

    [Fact]
    public async Task The_first_pool_with_a_seat_gives_it()
    {
        await using var member = await MemberAsync();
        (await member.AskAsync(Put("a", "Relay-Pool: red,blue"))).ShouldHandOut(201, "red-1");
        (await member.AskAsync(Put("b", "Relay-Pool:  red , blue "))).ShouldHandOut(201, "blue-1");
        (await member.AskAsync(Put("c", "Relay-Pool: blue,red"))).ShouldBe(410, NoLicenses);
        (await member.StatusAsync(Delete("a", "Relay-Pool: blue,red"))).ShouldBe(204);
        (await member.AskAsync(Put("c", "Relay-Pool: blue,red,blue"))).ShouldHandOut(201, "red-1");
    }

    [Fact]
    public async Task A_held_seat_is_renewed_before_another_is_claimed()
    {
        await using var member = await MemberAsync();
        (await member.AskAsync(Put("a", "Relay-Pool: blue"))).ShouldHandOut(201, "blue-1");
        var renewed = await member.AskAsync(Put("a", "Relay-Pool: red,blue"));
        renewed.Status.ShouldBe(202);
        renewed.Text.ShouldStartWith("{\"expires_at\":");
        (await member.AskAsync(Put("a", "Relay-Pool: red,blue", "Prefer: return=representation"))).ShouldHandOut(202, "blue-1");
        (await member.AskAsync(Put("b", "Relay-Pool: red"))).ShouldHandOut(201, "red-1");
    }

    [Fact]
    public async Task Without_heartbeats_a_held_seat_is_a_conflict_as_in_one_pool()
    {
        await using var member = await MemberAsync(TestMember.Options with { ExplicitPolicy = new PolicyException(null, null, false) });
        (await member.StatusAsync(Put("a", "Relay-Pool: blue"))).ShouldBe(201);
        (await member.AskAsync(Put("a", "Relay-Pool: red,blue"))).ShouldBe(409, Conflict);
        (await member.StatusAsync(Put("b", "Relay-Pool: red"))).ShouldBe(201);
    }

    [Fact]
    public async Task A_seat_is_released_where_it_is_held()
    {
        await using var member = await MemberAsync();
        (await member.AskAsync(Delete("a", "Relay-Pool: red,blue"))).ShouldBe(404, ClaimNotFound);
        (await member.StatusAsync(Put("a", "Relay-Pool: blue"))).ShouldBe(201);
        (await member.AskAsync(Delete("a", "Relay-Pool: red,blue"))).ShouldBe(204, "");
        (await member.AskAsync(Delete("a", "Relay-Pool: red,blue"))).ShouldBe(404, ClaimNotFound);
    }

    [Fact]
    public async Task One_release_frees_one_seat()
    {
        await using var member = await MemberAsync();
        (await member.StatusAsync(Put("a", "Relay-Pool: red"))).ShouldBe(201);
        (await member.StatusAsync(Put("a", "Relay-Pool: blue"))).ShouldBe(201);
        (await member.StatusAsync(Delete("a", "Relay-Pool: red,blue"))).ShouldBe(204);
        (await member.StatusAsync(Put("a", "Relay-Pool: blue"))).ShouldBe(202);
        (await member.StatusAsync(Put("b", "Relay-Pool: red"))).ShouldBe(201);
    }

    [Theory]
    [InlineData("red,green")]
    [InlineData("green,red")]
    [InlineData("red,")]
    [InlineData(",red")]
    [InlineData("red,,blue")]
    [InlineData(",")]
    [InlineData("red,-")]
    [InlineData("red,Blue")]
    [InlineData("red,red,red,red,red,red,red,red,red,red,red,red,red,red,red,red,red")]
    public async Task One_bad_name_spoils_the_list(string pools)
    {
        await using var member = await MemberAsync();
        (await member.AskAsync(Put("a", "Relay-Pool: " + pools))).ShouldBe(400, InvalidPool);
        (await member.AskAsync(Delete("a", "Relay-Pool: " + pools))).ShouldBe(400, InvalidPool);
        (await member.StatusAsync(Delete("a", "Relay-Pool: red"))).ShouldBe(404);
    }

    [Fact]
    public async Task Sixteen_names_are_not_too_many()
    {
        await using var member = await MemberAsync();
        var pools = string.Join(',', Enumerable.Repeat("red", 15).Append("blue"));
        (await member.StatusAsync(Put("b", "Relay-Pool: red"))).ShouldBe(201);
        (await member.AskAsync(Put("a", "Relay-Pool: " + pools))).ShouldHandOut(201, "blue-1");
    }

    [Fact]
    public async Task A_pool_whose_name_contains_the_comma_goes_first()
    {
        await using var member = await MemberAsync();
        await member.AddSeatsAsync(new PoolName("red,blue"), 1, "both-");
        (await member.AskAsync(Put("a", "Relay-Pool: red,blue"))).ShouldHandOut(201, "both-1");
        (await member.AskAsync(Put("b", "Relay-Pool: red,blue"))).ShouldBe(410, NoLicenses);
        (await member.AskAsync(Put("b", "Relay-Pool: blue,red"))).ShouldHandOut(201, "blue-1");
        (await member.StatusAsync(Delete("a", "Relay-Pool: red,blue"))).ShouldBe(204);
        (await member.StatusAsync(Delete("b", "Relay-Pool: red,blue"))).ShouldBe(404);
    }

    [Theory]
    [InlineData("red")]
    [InlineData("red,blue")]
    public async Task A_locked_edge_knows_no_lists(string only)
    {
        await using var member = await MemberAsync(TestMember.Options with { PoolLock = new PoolName(only) });
        (await member.AskAsync(Put("a", "Relay-Pool: red,blue"))).ShouldBe(400, only == "red" ? UnsupportedPool : InvalidPool);
        (await member.AskAsync(Delete("a", "Relay-Pool: red,blue"))).ShouldBe(400, only == "red" ? UnsupportedPool : InvalidPool);
        (await member.AskAsync(Put("a", "Relay-Pool: red,red"))).ShouldBe(400, UnsupportedPool);
    }

    [Fact]
    public async Task Only_a_lack_of_seats_leads_on()
    {
        await using var member = await MemberAsync();
        (await member.StatusAsync(Put("a", "Relay-Pool: red"))).ShouldBe(201);
        await member.Member.Pools.SendAsync(Red, new TakeSeat(new("a"), "because", 90_000, Who.Nobody), default);
        var refused = await member.AskAsync(Put("a", "Relay-Pool: red,blue"));
        refused.ShouldBe(410, NoLicenses);
        refused["Retry-After"].ShouldNotBeNull();
        (await member.AskAsync(Put("a", "Relay-Pool: blue,red"))).ShouldHandOut(201, "blue-1");
    }

    [Fact]
    public async Task A_pool_that_cannot_be_asked_does_not_lead_on()
    {
        var journal = new ScriptedJournal();
        await using var member = await MemberAsync(TestMember.Options, journal);
        await journal.OpenAsync(Red, new Epoch(2), null, _ => { });
        (await member.StatusAsync(Put("x", "Relay-Pool: red"))).ShouldBe(503);
        (await member.AskAsync(Put("a", "Relay-Pool: red,blue"))).ShouldBe(503, Unavailable);
        (await member.AskAsync(Put("a", "Relay-Pool: blue,red"))).ShouldBe(503, Unavailable);
        (await member.AskAsync(Delete("a", "Relay-Pool: red,blue"))).ShouldBe(503, Unavailable);
        (await member.StatusAsync(Put("a", "Relay-Pool: blue"))).ShouldBe(201);
        (await member.AskAsync(Delete("a", "Relay-Pool: blue,red"))).ShouldBe(204, "");
    }

    [Fact]
    public async Task A_seat_whose_license_was_taken_out_leads_on()
    {
        await using var member = await MemberAsync();
        (await member.StatusAsync(Put("a", "Relay-Pool: red"))).ShouldBe(201);
        await member.RemoveLicenseAsync(Red, "red-1");
        (await member.AskAsync(Put("a", "Relay-Pool: red,blue"))).ShouldHandOut(201, "blue-1");
    }

    [Fact]
    public async Task An_exclusive_node_meets_the_same_answers_as_in_one_pool()
    {
        await using var member = await MemberAsync(TestMember.Options with { ExclusiveNodes = true });
        await member.AddSeatsAsync(PoolName.Global, 1);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        (await member.AskAsync(Put("a", "Relay-Pool: red,blue"))).ShouldBe(409, Conflict);
        (await member.AskAsync(Delete("stranger", "Relay-Pool: red,gone"))).ShouldBe(404, ClaimNotFound);
        (await member.AskAsync(Delete("a", "Relay-Pool: red,gone"))).ShouldBe(400, InvalidPool);
        (await member.StatusAsync(Delete("a"))).ShouldBe(204);
        (await member.AskAsync(Put("a", "Relay-Pool: red,blue"))).ShouldHandOut(201, "red-1");
    }

    [Fact]
    public async Task A_license_that_cannot_be_read_is_owed_in_the_pool_that_gave_it()
    {
        var journal = new ScriptedJournal();
        await using var member = await MemberAsync(TestMember.Options, journal);
        (await member.StatusAsync(Put("b", "Relay-Pool: red"))).ShouldBe(201);
        journal.OnReadLicense = _ => throw new IOException("bad sector");
        (await member.AskAsync(Put("a", "Relay-Pool: red,blue"))).ShouldBe(503, OutcomeUnknown);
        journal.OnReadLicense = null;
        (await member.AskAsync(Put("a", "Relay-Pool: red,blue"))).ShouldHandOut(202, "blue-1");
        (await member.AskAsync(Put("a", "Relay-Pool: red,blue"))).Text.ShouldStartWith("{\"expires_at\":");
    }

    private static async Task<TestMember> MemberAsync(MemberOptions? options = null, ScriptedJournal? journal = null)
    {
        var member = await TestMember.StartAsync(options, journal);
        await member.AddSeatsAsync(Red, 1, "red-");
        await member.AddSeatsAsync(Blue, 1, "blue-");
        return member;
    }
}
