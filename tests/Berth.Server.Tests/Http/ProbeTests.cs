using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Server.Http;
using Berth.Server.Tests.Metrics;
using Berth.Testing;
using Microsoft.AspNetCore.Http;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>What an orchestrator asks.</summary>
public sealed class ProbeTests
{
    [Theory]
    [InlineData("/livez", "ok\n")]
    [InlineData("/livez?verbose", "ok\n")]
    [InlineData("/readyz", "ok\n")]
    [InlineData("/readyz?verbose", "[+] started and not stopping\n[+] every pool is served\nok\n")]
    [InlineData("/readyz?other", "ok\n")]
    public async Task A_member_that_serves_is_alive_and_ready(string target, string body)
    {
        await using var member = await TestMember.StartAsync();
        var answer = await member.AskAsync(Request("GET", target));
        answer.ShouldBe(200, body);
        answer["Content-Type"].ShouldBe("text/plain; charset=utf-8");
        answer["Cache-Control"].ShouldBe("no-store");
        answer.Names.ShouldNotContain("Relay-Clock");
        var head = await member.AskAsync(Request("HEAD", target));
        head.Status.ShouldBe(200);
        head["Content-Length"].ShouldBe(body.Length.ToString());
    }

    [Theory]
    [InlineData("", "not ready\n")]
    [InlineData("?verbose", "[-] started and not stopping\n[+] every pool is served\nnot ready\n")]
    public async Task A_member_that_is_not_ready_is_alive(string query, string body)
    {
        var probes = new ProbeEndpoints();
        (await AskAsync(probes, TargetKind.Ready, query)).ShouldBe((503, body));
        (await AskAsync(probes, TargetKind.Live, query)).ShouldBe((200, "ok\n"));
    }

    [Fact]
    public async Task A_member_whose_store_has_forgotten_what_it_confirmed_stays_ready_and_says_that_seats_are_withheld()
    {
        var journal = new ScriptedJournal();
        await using var member = await TestMember.StartAsync(journal: journal);
        await member.AddSeatsAsync(PoolName.Global, 2);
        (await member.Member.ScrapeAsync())["berth_grants_withheld"].ShouldBe(0);
        journal.OnAppend = _ => new(AppendResult.Committed);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        journal.OnAppend = _ => throw new IOException("whether it was written is not known");
        (await member.StatusAsync(Put("b"))).ShouldBe(503);
        journal.OnAppend = null;
        (await member.StatusAsync(Put("c"))).ShouldBe(503);
        (await member.AskAsync(Request("GET", "/readyz?verbose"))).ShouldBe(
            200,
            "[+] started and not stopping\n[+] every pool is served\n[!] the store went back in time: seats are withheld where it may have forgotten some\nok\n");
        (await member.Member.ScrapeAsync())["berth_grants_withheld"].ShouldBe(1);
    }

    [Fact]
    public async Task Health_does_not_need_the_store()
    {
        var journal = new ScriptedJournal();
        await using var member = await TestMember.StartAsync(journal: journal);
        await member.AddSeatsAsync(PoolName.Global, 1);
        var held = new TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        journal.OnAppend = async append =>
        {
            entered.TrySetResult();
            await held.Task;
            return await append();
        };
        var claim = member.AskAsync(Put("a"));
        await entered.Task;
        (await member.StatusAsync(Health)).ShouldBe(200);
        (await member.StatusAsync(Request("GET", "/livez"))).ShouldBe(200);
        held.SetResult(AppendResult.Committed);
        (await claim).Status.ShouldBe(201);
    }

    private static async Task<(int Status, string Body)> AskAsync(ProbeEndpoints probes, TargetKind probe, string query)
    {
        var context = new DefaultHttpContext();
        using var written = new MemoryStream();
        context.Request.Method = "GET";
        context.Request.QueryString = new QueryString(query);
        context.Response.Body = written;
        await probes.HandleAsync(context, probe);
        return (context.Response.StatusCode, System.Text.Encoding.UTF8.GetString(written.ToArray()));
    }
}
