using Berth.Chaos.Processes;
using Berth.Chaos.Report;
using Berth.Chaos.Runs;

namespace Berth.Chaos.Faults;

/// <summary>SIGKILL to the member that owns most.</summary>
internal sealed class KillOwner() : Fault("kill-owner")
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(50);

    public override async Task RunAsync(Scene scene, FaultReport report)
    {
        // One fault at a time: who dies in the moment in which PostgreSQL comes back leaves no sign, and is waited for as if it were silent.
        while (!await scene.Tables.AllAreShownAsync())
        {
            await scene.LetRunAsync(_look);
        }

        var victim = await scene.OwnerAsync();
        report.Note(victim.Name);
        report.Killed(await MeasureAsync(scene, victim, victim.KillAsync), scene.Recorder.Now);
        await victim.StartAsync();
    }
}

/// <summary>SIGKILL to the member that owns least, while most nodes ask it first.</summary>
internal sealed class KillEdge() : Fault("kill-edge")
{
    private static readonly TimeSpan _crowding = TimeSpan.FromSeconds(1.5);

    public override async Task RunAsync(Scene scene, FaultReport report)
    {
        var victim = await scene.OwnerAsync(most: false);
        report.Note(victim.Name);
        scene.Rota.Favorite = victim;
        await scene.LetRunAsync(_crowding);
        await victim.KillAsync();
        await scene.LetRunAsync(_crowding);
        scene.Rota.Favorite = null;
        await victim.StartAsync();
    }
}

/// <summary>SIGKILL to every member at once.</summary>
internal sealed class KillAll() : Fault("kill-all")
{
    private static readonly TimeSpan _darkness = TimeSpan.FromSeconds(0.5);

    public override async Task RunAsync(Scene scene, FaultReport report)
    {
        await Task.WhenAll(scene.Members.Select(member => member.KillAsync()));
        await scene.LetRunAsync(_darkness);
        foreach (var member in scene.Members)
        {
            member.Launch();
        }

        await Task.WhenAll(scene.Members.Select(member => member.ReadyAsync()));
    }
}

/// <summary>The owner stands still for longer than its lease, and then goes on as if nothing had been.</summary>
internal sealed class PauseOwner() : Fault("pause-owner")
{
    public override async Task RunAsync(Scene scene, FaultReport report)
    {
        var victim = await scene.OwnerAsync();
        report.Note(victim.Name);
        var paused = scene.LetRunAsync(scene.LongerThanTheLease);
        report.FellSilent(await MeasureAsync(scene, victim, () => victim.SignalAsync("STOP")), scene.Recorder.Now);
        await paused;
        await victim.SignalAsync("CONT");
    }
}

/// <summary>A member dies with its machine: two commands put another one in its place, on another host.</summary>
internal sealed class ReplaceMember() : Fault("replace-member")
{
    public override async Task RunAsync(Scene scene, FaultReport report)
    {
        var victim = await scene.OwnerAsync();
        report.Note(victim.Name);
        await victim.KillAsync();
        await scene.Others(victim)[0].RunVerbAsync("cluster", "down", victim.Name, "--yes");
        ChaosMember heir = await scene.ReplaceAsync(victim);
        await heir.StartAsync();
        report.Note($"from {victim.Host.Address} to {heir.Host.Address}");
    }
}
