using Berth.Chaos.History;
using Berth.Chaos.Report;
using Berth.Chaos.Runs;

namespace Berth.Chaos.Faults;

/// <summary>PostgreSQL dies with all its processes and is started again.</summary>
internal sealed class KillStore() : Fault("kill-store")
{
    private static readonly TimeSpan _darkness = TimeSpan.FromSeconds(1);

    public override async Task RunAsync(Scene scene, FaultReport report)
    {
        await scene.Primary.KillAsync();
        await scene.LetRunAsync(_darkness);
        await scene.Primary.StartAsync();
    }
}

/// <summary>PostgreSQL stands still for longer than the lease.</summary>
internal sealed class PauseStore() : Fault("pause-store")
{
    public override async Task RunAsync(Scene scene, FaultReport report)
    {
        await scene.Primary.SignalAsync("STOP");
        await scene.LetRunAsync(scene.LongerThanTheLease);
        await scene.Primary.SignalAsync("CONT");
    }
}

/// <summary>The primary dies and its synchronous standby takes its place. Members know both hosts.</summary>
internal sealed class FailoverStore() : Fault("failover-store")
{
    private static readonly TimeSpan _together = TimeSpan.FromSeconds(1);

    public override async Task RunAsync(Scene scene, FaultReport report)
    {
        await scene.Spare.FollowAsync(scene.Primary);
        await scene.Primary.ReplicateAsync(synchronously: true);
        await scene.LetRunAsync(_together);
        await scene.Primary.KillAsync();
        await scene.Spare.PromoteAsync();
        scene.Failover();
        report.Note($"to {scene.Primary.Host.Address}");
    }
}

/// <summary>The disk on which the store grows is full for a while.</summary>
internal sealed class FillDisk() : Fault("fill-disk")
{
    private const int MostTimes = 4;
    private static readonly TimeSpan _full = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan _again = TimeSpan.FromMilliseconds(250);

    public override async Task RunAsync(Scene scene, FaultReport report)
    {
        var (before, refused) = (scene.Recorder.Count, 0);
        List<Operation> during = [];
        try
        {
            for (var times = 0; times < MostTimes && refused == 0; times++)
            {
                await FillAsync(scene);
                during = [.. scene.Recorder.All().Skip(before)];
                refused = during.Count(operation => operation.Status == 503);
            }
        }
        finally
        {
            scene.Primary.Disk.Free();
        }

        report.Note($"{refused} of {during.Count} answers were 503");
        if (refused == 0)
        {
            HadNoEffect(scene, report, "no claim was refused");
        }

        if (!scene.Primary.Runs)
        {
            report.Note("PostgreSQL had ended");
            await scene.Primary.StartAsync();
        }
    }

    /// <summary>A checkpoint gives old segments of the log back: what it frees is taken too.</summary>
    private static async Task FillAsync(Scene scene)
    {
        var enough = scene.LetRunAsync(_full);
        scene.Primary.Disk.Fill();
        await scene.Primary.TakeRoomAsync();
        while (!enough.IsCompleted)
        {
            scene.Primary.Disk.Fill();
            await Task.WhenAny(enough, scene.LetRunAsync(_again));
        }

        await enough;
    }
}
