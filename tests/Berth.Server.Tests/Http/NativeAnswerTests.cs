using Berth.Pools;
using Berth.Protocol;
using Berth.Testing;
using static Berth.Server.Tests.Http.NativeWire;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Paths, methods and headers of <c>/v2</c>, and what the store's failures are answered with.</summary>
public sealed class NativeAnswerTests
{
    [Fact]
    public async Task An_unknown_path_is_a_problem_too()
    {
        await using var member = await TestMember.StartAsync();
        foreach (var path in new[] { "/v2", "/v2/", "/v2/pools/-/claims/", "/v2/pools/-/claims/a/b", "/v2/nodes/a" })
        {
            (await member.AskAsync(Request("GET", path))).ShouldBeProblem(404, ClaimProblemCodes.NotFound);
            (await member.AskAsync(Request("POST", path))).ShouldBeProblem(404, ClaimProblemCodes.NotFound);
        }
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("put")]
    public async Task Another_method_is_405_with_those_that_are_allowed(string method)
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        var answer = await member.AskAsync(Request(method, PathOf("a"), "Content-Length: 0"));
        answer.ShouldBeProblem(405, ClaimProblemCodes.MethodNotAllowed);
        answer["Allow"].ShouldBe("GET, PUT, DELETE");
    }

    [Fact]
    public async Task A_HEAD_is_answered_without_a_body_and_the_connection_goes_on()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        await connection.SendAsync(Request("HEAD", PathOf("a")));
        (await connection.ReadAsync(hasBody: false)).Status.ShouldBe(405);
        (await connection.AskAsync(Claim("a"))).Status.ShouldBe(201);
    }

    [Fact]
    public async Task The_member_has_a_name_and_v1_never_says_it()
    {
        await using var member = await TestMember.WithSeatsAsync(1, TestMember.Options with { MemberId = "north" });
        member.Member.Id.ShouldBe("north");
        (await member.AskAsync(Claim("a")))["Berth-Member"].ShouldBe("north");
        foreach (var request in new[]
        {
            Put("a"), Put("b"), Delete("c"), Delete("a"), Put("%00"), Health, Request("GET", "/v1/nodes/a"), Request("GET", "/v3"),
            Request("GET", "/v2x"), Request("GET", "/livez"), Request("GET", "/readyz"),
        })
        {
            (await member.AskAsync(request)).Headers.ShouldNotContain(header => header.Key.StartsWith("Berth-"));
        }
    }

    [Fact]
    public async Task Requests_behind_one_another_are_answered_in_order()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        await connection.SendAsync(Put("a") + Claim("a") + Claim("b") + Show("a") + Release("a") + Put("b"));
        var statuses = new List<int>();
        for (var i = 0; i < 6; i++)
        {
            statuses.Add((await connection.ReadAsync()).Status);
        }

        statuses.ShouldBe([201, 200, 409, 200, 204, 201]);
    }

    [Fact]
    public async Task A_refused_write_is_unavailable()
    {
        var journal = new ScriptedJournal();
        await using var member = await MemberAsync(journal);
        journal.OnAppend = _ => new(Berth.Runtime.Journal.AppendResult.NotWritten("the disk is full"));
        var refused = await member.AskAsync(Claim("a"));
        refused.ShouldBeProblem(503, ClaimProblemCodes.Unavailable).Detail.ShouldNotContain("disk");
        refused["Retry-After"].ShouldBe("1");
        journal.OnAppend = null;
        (await member.AskAsync(Claim("a"))).ShouldBeClaim(201, "license-1", handedOut: true);
    }

    [Fact]
    public async Task A_write_that_may_have_happened_is_unknown_and_the_next_answer_hands_out_the_license()
    {
        var journal = new ScriptedJournal();
        await using var member = await MemberAsync(journal);
        journal.OnAppend = async append =>
        {
            await append();
            throw new IOException("the connection broke");
        };
        var unknown = await member.AskAsync(Claim("a"));
        unknown.ShouldBeProblem(503, ClaimProblemCodes.OutcomeUnknown);
        unknown["Retry-After"].ShouldBe("1");
        journal.OnAppend = null;
        var repeated = await member.AskAsync(Claim("a"));
        repeated.ShouldBeClaim(200, "license-1", handedOut: true);
        repeated["Preference-Applied"].ShouldBeNull();
        (await member.AskAsync(Claim("a"))).ShouldBeClaim(200, "license-1", handedOut: false);
    }

    [Fact]
    public async Task A_release_that_may_have_happened_is_unknown()
    {
        var journal = new ScriptedJournal();
        await using var member = await MemberAsync(journal);
        (await member.StatusAsync(Claim("a"))).ShouldBe(201);
        journal.OnAppend = _ => throw new IOException("the connection broke");
        (await member.AskAsync(Release("a"))).ShouldBeProblem(503, ClaimProblemCodes.OutcomeUnknown);
        journal.OnAppend = null;
        (await member.AskAsync(Release("a"))).ShouldBeReleased();
    }

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 201)]
    public async Task A_license_that_cannot_be_read_is_owed_by_both_versions(bool heartbeats, int status)
    {
        var journal = new ScriptedJournal();
        await using var member = await MemberAsync(journal, heartbeats);
        journal.OnReadLicense = _ => throw new IOException("bad sector");
        (await member.AskAsync(Put("a"))).ShouldBe(503, Wire.OutcomeUnknown);
        (await member.AskAsync(Claim("a"))).ShouldBeProblem(503, ClaimProblemCodes.OutcomeUnknown);
        journal.OnReadLicense = _ => new((Berth.Runtime.Journal.LicenseRow?)null);
        (await member.AskAsync(Claim("a"))).ShouldBeProblem(503, ClaimProblemCodes.OutcomeUnknown);
        journal.OnReadLicense = null;
        (await member.AskAsync(Claim("a"))).ShouldBeClaim(status, "license-1", handedOut: true);
        (await member.AskAsync(Claim("a"))).ShouldBeClaim(200, "license-1", handedOut: false);
    }

    [Fact]
    public async Task A_newer_owner_of_the_journal_makes_the_pool_unavailable()
    {
        var journal = new ScriptedJournal();
        await using var member = await MemberAsync(journal);
        await journal.OpenAsync(PoolName.Global, new Epoch(2), null, _ => { });
        foreach (var request in new[] { Claim("a"), Claim("a"), Release("a"), Show("a") })
        {
            (await member.AskAsync(request)).ShouldBeProblem(503, ClaimProblemCodes.Unavailable);
        }
    }

    private static async Task<TestMember> MemberAsync(ScriptedJournal journal, bool heartbeats = true)
    {
        var options = TestMember.Options with { ExplicitPolicy = new PolicyException(null, null, heartbeats) };
        var member = await TestMember.StartAsync(options, journal);
        await member.AddSeatsAsync(PoolName.Global, 1);
        return member;
    }
}
