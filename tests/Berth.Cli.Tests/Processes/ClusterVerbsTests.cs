using System.Text.Json;
using Berth.Runtime.Ownership;

namespace Berth.Cli.Tests.Processes;

/// <summary>The verbs that show and steer a cluster, on three members that are real processes.</summary>
public sealed class ClusterVerbsTests
{
    [Fact]
    public async Task A_cluster_is_shown_steered_and_drilled()
    {
        await using var site = await ClusterSiteOfThree.StartAsync();
        await site.AddAsync("cad", 1);
        await ShowAsync(site);
        await ExamineAsync(site);
        var shard = Shards.Of(new("cad"));
        var owner = await OwnerAsync(site, shard);
        var other = owner == "m3" ? "m2" : "m3";
        await MoveAsync(site, shard, owner, other);
        await DrillAsync(site);
        await JoinAsync(site);
        await LeaveAsync(site);
    }

    [Fact]
    public async Task A_death_is_told_as_it_happens_and_marked()
    {
        await using var site = await ClusterSiteOfThree.StartAsync();
        (await site.RunAsync("m1", "cluster", "down-unreachable", "--yes")).ShouldBe(
            (0, "every member that is up renews its lease and answers: there is nothing to do\n", ""));
        var (unasked, _, why) = await site.RunAsync("m1", "cluster", "down", "m3");
        (unasked, why.Contains(": say --yes to do it", StringComparison.Ordinal)).ShouldBe((2, true), why);
        (await site.AttendAsync("m1", "no\n", default, "cluster", "down", "m3")).Code.ShouldBe(4);
        using var enough = new CancellationTokenSource();
        var tail = site.AttendAsync("m1", null, enough.Token, "cluster", "tail", "--for", "20s", "--json");
        var taken = site.AttendAsync("m1", null, default, "cluster", "tail", "--for", "20s", "--since", "1ms");
        await site.KillAsync("m3");
        var (asked, said, _) = await site.AttendAsync("m1", "no\n", default, "cluster", "down", "m3");
        (asked is 4 or 0).ShouldBeTrue(said);
        (await site.RunAsync("m1", "cluster", "down-unreachable", "--yes")).Code.ShouldBe(0);
        await site.UntilAsync(async () => (await site.RunAsync("m1", "cluster", "status")).Code == 0);

        await enough.CancelAsync();
        var told = await tail;
        told.Code.ShouldBe(0, told.Error);
        var events = told.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        events.Where(one => one.GetProperty("event").GetString() == "shards.taken").Sum(one => one.GetProperty("shards").GetInt32()).ShouldBeGreaterThan(20);
        events.Select(one => one.GetProperty("event").GetString()).ShouldContain("member.down");
        var text = await taken;
        text.Out.ShouldContain(" by m1, from m3\n");
        text.Out.ShouldContain(" by m2, from m3\n");
        var counted = await site.RunAsync("m2", "cluster", "tail", "--since", "1h", "--count", "2");
        (counted.Code, counted.Out.Split('\n').Length).ShouldBe((0, 3));
    }

    private static async Task ShowAsync(ClusterSiteOfThree site)
    {
        var (code, json) = await site.JsonAsync("m2", "cluster", "show");
        code.ShouldBe(0);
        var members = json.GetProperty("members").EnumerateArray().ToList();
        members.Select(member => member.GetProperty("name").GetString()).ShouldBe(["m1", "m2", "m3"]);
        members.ShouldAllBe(member => member.GetProperty("reachable").GetBoolean() && member.GetProperty("version").GetString() == Berth.Cli.Verbs.VersionVerb.Current);
        members.Sum(member => member.GetProperty("pools").GetInt32()).ShouldBe(2);
        var shown = (await site.RunAsync("m2", "cluster", "show")).Out.Split('\n');
        shown[0].ShouldBe("cluster berth, as m2 sees it");
        shown[1].ShouldContain("| lease left ");
        shown[^2].ShouldBe("all 256 shards are served");
        (await site.RunAsync("m3", "cluster", "status")).ShouldBe((0, "cluster berth is whole: 3 members up, 256 of 256 shards served\n", ""));
    }

    private static async Task ExamineAsync(ClusterSiteOfThree site)
    {
        var text = await site.ExamineAsync();
        text.ShouldContain($"\nok   member: one answers on {site.SocketOf("m1")}\n");
        text.ShouldMatch(@"\nok   database: postgres://\S+ answers, read in \d+ ms\n");
        text.ShouldContain("\nok   addresses: ");
    }

    private static async Task MoveAsync(ClusterSiteOfThree site, int shard, string owner, string other)
    {
        var (code, text, error) = await site.RunAsync("m1", "shards", "move", $"{shard}", other, "--for", "1h");
        code.ShouldBe(0, error);
        text.ShouldStartWith($"shard {shard} moved from {owner} to {other}, ");
        text.ShouldEndWith("it stays there for 1h0m0s\n");
        (await OwnerAsync(site, shard)).ShouldBe(other);
        var (_, listed) = await site.JsonAsync("m2", "shards", "ls", "--member", other);
        listed.GetProperty("shards").EnumerateArray().Single(one => one.GetProperty("shard").GetInt32() == shard).GetProperty("keptMs").GetInt64().ShouldBeGreaterThan(3_000_000);
        (await site.RunAsync("m1", "shards", "move", $"{shard}", "nobody")).Code.ShouldBe(3);
        (await site.RunAsync("m1", "shards", "move", "256", "m1")).Code.ShouldBe(2);
        (await site.RunAsync("m2", "shards", "move", $"{shard}", owner)).Out.ShouldEndWith("it belongs there\n");
        (await OwnerAsync(site, shard)).ShouldBe(owner);
    }

    private static async Task DrillAsync(ClusterSiteOfThree site)
    {
        var file = site.PathOf("report.json");
        var (code, text, error) = await site.RunAsync("m1", "cluster", "drill", "--yes", "--hold", "1s", "--member", "m2", "--report", file);
        code.ShouldBe(0, text + error);
        var report = JsonDocument.Parse(await File.ReadAllTextAsync(file)).RootElement;
        var shards = report.GetProperty("shards").GetInt32();
        (report.GetProperty("member").GetString(), report.GetProperty("givenBack").GetBoolean()).ShouldBe(("m2", true));
        report.GetProperty("away").GetProperty("moved").GetInt32().ShouldBe(shards);
        report.GetProperty("away").GetProperty("longestPauseMs").GetDouble().ShouldBeGreaterThan(0);
        report.GetProperty("back").GetProperty("moved").GetInt32().ShouldBe(shards);
        text.ShouldEndWith($"m2 has its {shards} shards back\n");

        // Whoever ends it in the middle gets everything back as well.
        using var stop = new CancellationTokenSource();
        var drill = site.AttendAsync("m1", null, stop.Token, "cluster", "drill", "--yes", "--hold", "2m", "--member", "m2", "--json");
        await site.UntilAsync(async () => (await site.JsonAsync("m3", "shards", "ls", "--member", "m2")).Json.GetProperty("shards").GetArrayLength() == 0, drill);
        drill.IsCompleted.ShouldBeFalse();

        await stop.CancelAsync();
        var ended = await drill;
        (ended.Code, JsonDocument.Parse(ended.Out).RootElement.GetProperty("givenBack").GetBoolean()).ShouldBe((1, true), ended.Error);
        (await site.JsonAsync("m3", "shards", "ls", "--member", "m2")).Json.GetProperty("shards").GetArrayLength().ShouldBe(shards);
    }

    private static async Task JoinAsync(ClusterSiteOfThree site)
    {
        var (code, text, _) = await site.RunAsync("m1", "cluster", "join");
        (code, text.Split('\n')[0]).ShouldBe((0, "m4 could join cluster berth: 3 members up, feature level 1"));
        text.ShouldContain(" --cluster-name berth --member-name m4 --cluster-secret-file FILE --advertise HOST --lease 15s\n");
        var (taken, _, error) = await site.RunAsync("m1", "cluster", "join", "m2");
        (taken, error.Contains("A member \"m2\" is up at 127.0.0.1:", StringComparison.Ordinal)).ShouldBe((7, true));
    }

    private static async Task LeaveAsync(ClusterSiteOfThree site)
    {
        var (unasked, _, why) = await site.RunAsync("m3", "cluster", "leave");
        (unasked, why.Contains("hands on what it has, and its process ends; its ", StringComparison.Ordinal)).ShouldBe((2, true), why);
        (await site.AttendAsync("m3", "no\n", default, "cluster", "leave")).Code.ShouldBe(4);
        await using var tail = site.Launch("m1", "cluster", "tail", "--since", "1m");
        var (code, text, _) = await site.AttendAsync("m3", "yes\n", default, "cluster", "leave");
        (code, text.Contains(" live claims) go to m1 and m2.\nType yes to do it: m3 hands on its", StringComparison.Ordinal)).ShouldBe((0, true), text);
        (await site.EndOfAsync("m3")).ExitCode.ShouldBe(0);
        await tail.WaitForLineAsync("member.left");
        await tail.TerminateAsync();
        (await tail.EndAsync()).ExitCode.ShouldBe(0);
    }

    private static async Task<string> OwnerAsync(ClusterSiteOfThree site, int shard) =>
        (await site.JsonAsync("m1", "shards", "ls")).Json.GetProperty("shards")[shard].GetProperty("owner").GetString()!;
}
