using Berth.Simulation.Checks;
using Berth.Simulation.Cluster;
using Berth.Simulation.Faults;
using Berth.Simulation.Tests.Faults;
using Berth.Simulation.Traffic;

namespace Berth.Simulation.Tests.Traffic;

/// <summary>Who asks what in whole runs.</summary>
public sealed class CrowdTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void One_seed_is_one_run(ulong seed)
    {
        using var one = new PlayedRun(seed, FaultProfile.Storm).Until(RunTimes.End);
        using var other = new PlayedRun(seed, FaultProfile.Storm).Until(RunTimes.End);
        (other.World.Digest, other.World.Steps, other.Counts.Sent).ShouldBe((one.World.Digest, one.World.Steps, one.Counts.Sent));
    }

    [Fact]
    public void Nobody_asks_after_the_silence_and_until_then_every_pool_is_asked()
    {
        using var run = new PlayedRun(23);
        var asked = new List<NodeRequest>();
        run.Stage.Cluster.Witness.Add(report => new Eavesdropper(asked) { Violated = report });
        run.Until(RunTimes.End);
        run.Counts.LastSentAt.ShouldBeLessThan(RunTimes.Silence);
        asked.Count.ShouldBe((int)run.Counts.Sent);
        foreach (var pool in run.Setup.Traffic.Pools)
        {
            var times = asked.Where(request => request.Pool == pool.Name).Select(request => request.SentAt)
                .Where(at => at >= RunTimes.Quiet).Append(RunTimes.Quiet).Append(RunTimes.Silence).Order().ToList();
            times.Zip(times.Skip(1), (one, next) => next - one).Max().ShouldBeLessThan(TimeSpan.FromSeconds(10), pool.Name.Value);
        }
    }

    [Fact]
    public void Who_is_left_out_does_not_ask_and_the_others_do()
    {
        var without = new HashSet<string> { "n1", "n2", "op1" };
        var asked = new List<NodeRequest>();
        using var run = new PlayedRun(24, withoutAskers: without);
        run.Stage.Cluster.Witness.Add(report => new Eavesdropper(asked) { Violated = report });
        run.Until(TimeSpan.FromMinutes(2));
        var askers = asked.Select(request => request.Asker).ToHashSet();
        askers.ShouldNotContain(asker => without.Contains(asker));
        askers.ShouldContain("n3");
        askers.ShouldContain(run.Setup.Traffic.Founder);
    }

    [Fact]
    public void A_fault_that_is_left_out_does_not_happen_and_the_others_do()
    {
        using var all = new PlayedRun(25, FaultProfile.Storm).Until(RunTimes.Quiet);
        var left = all.Setup.Faults.Faults[0];
        using var fewer = new PlayedRun(25, FaultProfile.Storm, withoutFaults: new HashSet<int> { left.Index }).Until(RunTimes.Quiet);
        fewer.Stage.Scene.Begun.GetValueOrDefault(left.Kind).ShouldBe(all.Stage.Scene.Begun[left.Kind] - 1);
        fewer.Stage.Scene.Begun.Values.Sum().ShouldBe(all.Stage.Scene.Begun.Values.Sum() - 1);
    }

    [Fact]
    public void Over_fifty_seeds_everything_happens()
    {
        var behaviors = Enum.GetValues<Behavior>().ToDictionary(behavior => behavior, _ => 0L);
        var acts = Enum.GetValues<OperatorAct>().ToDictionary(act => act, _ => 0L);
        var faults = Enum.GetValues<FaultKind>().ToDictionary(kind => kind, _ => 0L);
        var (strikes, moved) = (0L, 0L);
        for (ulong seed = 1; seed <= 50; seed++)
        {
            using var run = new PlayedRun(seed).Until(RunTimes.End);
            output.WriteLine(run.Cost);
            behaviors.Keys.ToList().ForEach(one => behaviors[one] += run.Counts.Of(one));
            acts.Keys.ToList().ForEach(one => acts[one] += run.Counts.Of(one));
            faults.Keys.ToList().ForEach(one => faults[one] += run.Stage.Scene.Begun.GetValueOrDefault(one));
            strikes += run.Stage.Scene.Strikes;
            moved += run.Counts.Moved;
        }

        output.WriteLine(string.Join(", ", behaviors.Select(one => $"{one.Key} {one.Value}")));
        output.WriteLine(string.Join(", ", acts.Select(one => $"{one.Key} {one.Value}")));
        output.WriteLine(string.Join(", ", faults.Select(one => $"{one.Key} {one.Value}")) + $", strikes {strikes}, shards moved {moved}");
        behaviors.Where(one => one.Value == 0).ShouldBeEmpty();
        acts.Where(one => one.Value == 0).ShouldBeEmpty();
        faults.Where(one => one.Value == 0).ShouldBeEmpty();
        strikes.ShouldBeGreaterThan(0);
        moved.ShouldBeGreaterThan(100);
    }

    private sealed class Eavesdropper(List<NodeRequest> asked) : Check
    {
        public override void OnSent(NodeRequest request) => asked.Add(request);
    }
}
