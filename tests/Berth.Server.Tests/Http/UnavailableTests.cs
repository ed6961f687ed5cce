using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Server.Http;
using Berth.Testing;
using Microsoft.AspNetCore.Http;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>What is answered when the store fails: 503 with <c>Retry-After</c>, and never a yes or no that is not known.</summary>
public sealed class UnavailableTests
{
    [Fact]
    public async Task A_refused_write_is_unavailable_and_changes_nothing()
    {
        var journal = new ScriptedJournal();
        await using var member = await MemberAsync(journal);
        journal.OnAppend = _ => new(AppendResult.NotWritten("the disk is full"));
        ShouldRetry(await member.AskAsync(Put("a")), Unavailable);
        journal.OnAppend = null;
        (await member.AskAsync(Put("a"))).ShouldHandOut(201, "license-1");
        journal.OnAppend = _ => new(AppendResult.NotWritten("the disk is full"));
        (await member.StatusAsync(Put("a"))).ShouldBe(202);
        ShouldRetry(await member.AskAsync(Delete("a")), Unavailable);
        (await member.AskAsync(Delete("b"))).ShouldBe(404, ClaimNotFound);
        journal.OnAppend = null;
        (await member.StatusAsync(Delete("a"))).ShouldBe(204);
    }

    [Fact]
    public async Task A_write_that_may_have_happened_is_unknown_and_the_license_comes_with_the_next_answer()
    {
        var journal = new ScriptedJournal();
        await using var member = await MemberAsync(journal);
        journal.OnAppend = async append =>
        {
            await append();
            throw new IOException("the connection broke");
        };
        ShouldRetry(await member.AskAsync(Put("a")), OutcomeUnknown);
        journal.OnAppend = null;
        (await member.AskAsync(Put("a"))).ShouldHandOut(202, "license-1");
        (await member.AskAsync(Put("a"))).Text.ShouldStartWith("{\"expires_at\":");
    }

    [Fact]
    public async Task A_write_that_did_not_happen_is_unknown_too()
    {
        var journal = new ScriptedJournal();
        await using var member = await MemberAsync(journal);
        journal.OnAppend = _ => throw new IOException("the connection broke");
        ShouldRetry(await member.AskAsync(Put("a")), OutcomeUnknown);
        ShouldRetry(await member.AskAsync(Put("a")), OutcomeUnknown);
        journal.OnAppend = null;
        (await member.AskAsync(Put("a"))).ShouldHandOut(201, "license-1");
    }

    [Fact]
    public async Task A_release_that_may_have_happened_is_unknown()
    {
        var journal = new ScriptedJournal();
        await using var member = await MemberAsync(journal);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        journal.OnAppend = _ => throw new IOException("the connection broke");
        ShouldRetry(await member.AskAsync(Delete("a")), OutcomeUnknown);
        journal.OnAppend = null;
        (await member.StatusAsync(Delete("a"))).ShouldBe(204);
    }

    [Theory]
    [InlineData(true, 202)]
    [InlineData(false, 201)]
    public async Task A_license_that_cannot_be_read_keeps_its_seat_and_comes_with_the_next_answer(bool heartbeats, int status)
    {
        var journal = new ScriptedJournal();
        await using var member = await MemberAsync(journal, heartbeats);
        journal.OnReadLicense = _ => throw new IOException("bad sector");
        ShouldRetry(await member.AskAsync(Put("a")), OutcomeUnknown);
        journal.OnReadLicense = _ => new((LicenseRow?)null);
        ShouldRetry(await member.AskAsync(Put("a")), OutcomeUnknown);
        (await member.StatusAsync(Put("b"))).ShouldBe(410);
        journal.OnReadLicense = null;
        (await member.AskAsync(Put("a"))).ShouldHandOut(status, "license-1");
        (await member.AskAsync(Put("a"))).Text.ShouldNotContain("license_file");
    }

    [Fact]
    public async Task An_owed_license_is_settled_by_a_newer_grant()
    {
        var journal = new ScriptedJournal();
        await using var member = await MemberAsync(journal);
        journal.OnReadLicense = _ => throw new IOException("bad sector");
        ShouldRetry(await member.AskAsync(Put("a")), OutcomeUnknown);
        journal.OnReadLicense = null;
        (await member.StatusAsync(Delete("a"))).ShouldBe(204);
        (await member.AskAsync(Put("a"))).ShouldHandOut(201, "license-1");
        (await member.AskAsync(Put("a"))).Text.ShouldStartWith("{\"expires_at\":");
    }

    [Fact]
    public async Task A_newer_owner_of_the_journal_makes_the_pool_unavailable()
    {
        var journal = new ScriptedJournal();
        await using var member = await MemberAsync(journal);
        await journal.OpenAsync(PoolName.Global, new Epoch(2), null, _ => { });
        ShouldRetry(await member.AskAsync(Put("a")), Unavailable);
        ShouldRetry(await member.AskAsync(Put("a")), Unavailable);
        ShouldRetry(await member.AskAsync(Delete("a")), Unavailable);
    }

    public static TheoryData<PoolReply, string> Replies => new()
    {
        { Busy.Instance, Unavailable },
        { NotOwner.Instance, Unavailable },
        { new NotWritten("full"), Unavailable },
        { Unknown.Instance, OutcomeUnknown },
        { Changed.Instance, OutcomeUnknown },
    };

    [Theory]
    [MemberData(nameof(Replies), DisableDiscoveryEnumeration = true)]
    public async Task Replies_without_a_definite_answer_are_503(PoolReply reply, string body)
    {
        var clock = new AnswerClock(new HandClock());
        var results = new ReplyResults(clock, null, new LicenseBodies(new ScriptedJournal()));
        foreach (var answer in new Func<HttpContext, Task>[]
        {
            context => results.ClaimAsync(context, clock.Now, reply, default, represent: false),
            context => results.ReleaseAsync(context, clock.Now, reply),
        })
        {
            var context = new DefaultHttpContext();
            var written = new MemoryStream();
            context.Response.Body = written;
            await answer(context);
            await context.Response.BodyWriter.FlushAsync();
            context.Response.StatusCode.ShouldBe(503);
            context.Response.Headers.RetryAfter.ToString().ShouldBe("1");
            System.Text.Encoding.UTF8.GetString(written.ToArray()).ShouldBe(body);
        }
    }

    private static async Task<TestMember> MemberAsync(ScriptedJournal journal, bool heartbeats = true)
    {
        var options = TestMember.Options with { ExplicitPolicy = new PolicyException(null, null, heartbeats) };
        var member = await TestMember.StartAsync(options, journal);
        await member.AddSeatsAsync(PoolName.Global, 1);
        return member;
    }

    private static void ShouldRetry(RawAnswer answer, string body)
    {
        answer.ShouldBe(503, body);
        answer.Names.ShouldBe(["Content-Length", "Content-Type", "Relay-Clock", "Retry-After"]);
        answer["Retry-After"].ShouldBe("1");
    }
}
