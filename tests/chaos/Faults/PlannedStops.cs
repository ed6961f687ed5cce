using Berth.Chaos.Checks;
using Berth.Chaos.Processes;
using Berth.Chaos.Report;
using Berth.Chaos.Runs;

namespace Berth.Chaos.Faults;

/// <summary>Members are stopped in an orderly way, while everything that nodes want is watched.</summary>
internal abstract class PlannedStop(string name) : Fault(name)
{
    private static readonly TimeSpan _after = TimeSpan.FromSeconds(1);

    /// <summary>Stops a member and starts it again.</summary>
    protected async Task RestartAsync(Scene scene, FaultReport report, ChaosMember member)
    {
        var code = await member.LeaveAsync();
        if (code != 0)
        {
            report.Violate(new Violation(ViolationKind.Broken, scene.Recorder.Now, $"{Name}: member {member.Name} ended with {code} when it was asked to"));
        }

        await member.StartAsync();
        await scene.LetRunAsync(_after);
    }

    /// <summary>Watches what nodes want, in the pools of the crowd and in those that are probed.</summary>
    protected static async Task WatchAsync(Scene scene, FaultReport report, Func<Task> stopAsync)
    {
        scene.Crowd.Listen();
        using var over = new CancellationTokenSource();
        var claims = scene.Probes.SteadilyAsync(scene.ProbePools, scene.Rota, scene.Random, over.Token);
        try
        {
            await stopAsync();
        }
        finally
        {
            await over.CancelAsync();
        }

        report.Planned([.. scene.Crowd.Heard(), .. await claims]);
    }
}

/// <summary>The owner of most leaves and comes back.</summary>
internal sealed class PlannedLeave() : PlannedStop("planned-leave")
{
    public override async Task RunAsync(Scene scene, FaultReport report)
    {
        var member = await scene.OwnerAsync();
        report.Note(member.Name);
        await WatchAsync(scene, report, () => RestartAsync(scene, report, member));
    }
}

/// <summary>One member after the other is stopped and started again from the other build.</summary>
internal sealed class RollingRestart() : PlannedStop("rolling-restart")
{
    public override Task RunAsync(Scene scene, FaultReport report) => WatchAsync(scene, report, async () =>
    {
        var next = scene.Members[0].Program == scene.Setup.Program ? scene.Setup.NextProgram : scene.Setup.Program;
        foreach (var member in scene.Members.ToList())
        {
            member.Program = next;
            await RestartAsync(scene, report, member);
        }

        var version = await Command.RunAsync(next, "version");
        report.Note($"to {version.Trim()}");
    });
}
