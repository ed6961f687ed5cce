using Berth.Deploy.Tests.Kubernetes;
using Berth.Deploy.Tests.Machine;
using Berth.Testing.Processes;

namespace Berth.Deploy.Tests.Docker;

/// <summary>The scripts make a pair of databases that forgets nothing, and members start on it as the compose file says.</summary>
public sealed class StandbyTests
{
    [Fact]
    public async Task Nothing_is_committed_that_the_standby_does_not_have()
    {
        Tool.NeedsRoot();
        await using var pair = new PostgresPair();
        await pair.StartPrimaryAsync();
        await pair.StartStandbyAsync();
        await UntilAsync(async () => await pair.AskPrimaryAsync("SELECT string_agg(application_name || ' ' || sync_state, ',') FROM pg_stat_replication") == "standby sync");
        await pair.AskAsMemberAsync(pair.PrimaryPort, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
        await UntilAsync(async () => await pair.AskAsMemberAsync(pair.StandbyPort, "SELECT to_regclass('kept') IS NOT NULL AND pg_is_in_recovery()") == "True");
        await ServesAsync(pair);

        await pair.StopStandbyAsync();
        var held = pair.AskAsMemberAsync(pair.PrimaryPort, "INSERT INTO kept VALUES (2)");
        await UntilAsync(async () => await pair.AskPrimaryAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == "1");
        held.IsCompleted.ShouldBeFalse();
        await pair.StartStandbyAsync();
        await held;
        await UntilAsync(async () => await pair.AskAsMemberAsync(pair.StandbyPort, "SELECT count(*) FROM kept") == "2");

        await pair.PromoteAsync();
        (await pair.AskAsMemberAsync(pair.StandbyPort, "INSERT INTO kept VALUES (3) RETURNING n")).ShouldBe("3");
    }

    private static async Task ServesAsync(PostgresPair pair)
    {
        var service = Yaml.Read(ComposeTests.Cluster).At("services/berth-1")!;
        var variables = ComposeTests.Variables(service, pair.Secrets);
        variables["BERTH_STORE"].ShouldBe("postgres://berth@postgres-1,postgres-2/berth");
        variables["BERTH_STORE"] = $"postgres://berth@127.0.0.1:{pair.PrimaryPort},127.0.0.1:{pair.StandbyPort}/berth";
        using var folder = new TestFolder();
        await using var member = LiveMember.Launch(
            BerthProcess.Program,
            folder.Path,
            [.. service.Texts("command"), "--bind=127.0.0.1", "--port=0", "--cluster-port=0", "--management-port=off", $"--socket={folder.File("s")}"],
            Site.Environment([.. variables.Select(one => (one.Key, one.Value))]));
        await Probe.AnswersAsync(member.Out, "  edge ", "/readyz", 200);
        await member.SignalAsync("TERM");
        (await member.EndAsync()).ShouldBe(0);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await holds())
        {
            await poll.WaitForNextTickAsync(limit.Token);
        }
    }
}
