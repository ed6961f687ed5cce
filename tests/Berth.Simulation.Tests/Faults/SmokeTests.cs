using Berth.Simulation.Faults;
using Berth.Simulation.Traffic;

namespace Berth.Simulation.Tests.Faults;

/// <summary>Whole runs: nothing escapes, and what a run costs.</summary>
public sealed class SmokeTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_run_comes_to_its_end(ulong seed)
    {
        using var run = new PlayedRun(seed);
        run.Until(RunTimes.End);
        output.WriteLine(run.Cost);
        run.Counts.Sent.ShouldBeInRange(1_000, 9_000);
        run.Counts.Answered.ShouldBeGreaterThan(run.Counts.Sent / 2);
    }
}
