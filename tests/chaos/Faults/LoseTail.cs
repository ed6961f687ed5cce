using Berth.Chaos.Checks;
using Berth.Chaos.Hosts;
using Berth.Chaos.Journal;
using Berth.Chaos.Report;
using Berth.Chaos.Runs;

namespace Berth.Chaos.Faults;

/// <summary>
/// The primary dies and its asynchronous standby, which has not seen the last seconds, takes its place. What was acknowledged is gone; that
/// cannot be survived, but it must be noticed, and no seat may be sold twice for it.
/// </summary>
internal sealed class LoseTail() : Fault("lose-tail")
{
    private const string Noticed = "store.went-back";
    private static readonly TimeSpan _together = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _behind = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan _afterwards = TimeSpan.FromSeconds(12);

    public override bool EndsScene => true;

    public override async Task RunAsync(Scene scene, FaultReport report)
    {
        await scene.Spare.FollowAsync(scene.Primary);
        await scene.Primary.ReplicateAsync(synchronously: false);
        await scene.LetRunAsync(_together);
        await Cut.MakeAsync(scene.Spare.Host, [scene.Primary.Host], CutKind.Drop);
        await scene.LetRunAsync(_behind);
        var known = Heads(await scene.Tables.RecordsAsync());
        await scene.Primary.KillAsync();
        await Cut.HealAsync(scene.Spare.Host);
        await scene.Spare.PromoteAsync();
        scene.Failover();
        report.Forgotten = scene.Recorder.Now;
        var stored = Heads(await scene.Tables.RecordsAsync());
        var lost = known.Where(pool => stored.GetValueOrDefault(pool.Key) < pool.Value).Select(pool => pool.Key).ToList();
        await scene.LetRunAsync(_afterwards);
        var notices = scene.Members.Sum(member => member.Count(Noticed));
        var named = lost.Count(pool => scene.Members.Any(member => member.Count($"{Noticed}: pool {pool}:") > 0));
        CheckWithheld(scene, report, lost);
        report.Note($"{lost.Count} pools went back, {notices} notices, {named} of these pools named");
        if (lost.Count == 0)
        {
            HadNoEffect(scene, report, "no pool's journal went back");
        }
        else if (notices == 0)
        {
            HadNoEffect(scene, report, $"no member says {Noticed}, though {string.Join(", ", lost)} went back");
        }
    }

    /// <summary>In pools of which members say that they have lost events no seat is given.</summary>
    private static void CheckWithheld(Scene scene, FaultReport report, IReadOnlyList<string> lost)
    {
        var given = scene.Recorder.All()
            .Where(operation => operation.IsGrant && operation.Sent >= report.Forgotten && lost.Contains(operation.Pool))
            .ToList();
        report.Violate(given.Select(grant => new Violation(ViolationKind.Oversold, grant.Received, $"granted in a pool that went back: {grant}")));
    }

    private static Dictionary<string, long> Heads(IReadOnlyList<JournalRecord> records) =>
        records.GroupBy(record => record.Pool).ToDictionary(pool => pool.Key, pool => pool.Max(record => record.First + record.Count - 1));
}
