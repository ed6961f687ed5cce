using Berth.Chaos.Report;
using Berth.Chaos.Runs;

namespace Berth.Chaos.Faults;

/// <summary>One member's wall clock is a day off for a while, and right again. Its monotonic clock goes on.</summary>
internal sealed class StepClock(string name, TimeSpan step) : Fault(name)
{
    private const string Noticed = "clock.stepped";
    private static readonly TimeSpan _off = TimeSpan.FromSeconds(4);

    public override async Task RunAsync(Scene scene, FaultReport report)
    {
        var victim = scene.Members.First(member => member.Clock is not null);
        var before = victim.Count(Noticed);
        report.Note(victim.Name);
        victim.Clock!.Step(step);
        await scene.LetRunAsync(_off);
        victim.Clock.Step(TimeSpan.Zero);
        await scene.LetRunAsync(_off);
        if (victim.Count(Noticed) < before + 2)
        {
            HadNoEffect(scene, report, $"the member says {Noticed} {victim.Count(Noticed) - before} times");
        }
    }
}
