using Berth.Simulation.Faults;
using Berth.Simulation.Kernel;
using Berth.Simulation.Traffic;

namespace Berth.Simulation.Tests.Faults;

/// <summary>What is planned before a run.</summary>
public sealed class FaultPlanTests
{
    private const ulong Seeds = 300;

    private static IEnumerable<Setup> Setups => Enumerable.Range(1, (int)Seeds).Select(seed => Setup.Of((ulong)seed));

    [Fact]
    public void One_seed_is_one_plan()
    {
        foreach (var setup in Setups.Take(20))
        {
            var again = Setup.Of(setup.Seed);
            again.ToString().ShouldBe(setup.ToString());
            Lines(again).ShouldBe(Lines(setup));
            again.Faults.Starts.ShouldBe(setup.Faults.Starts);
            again.Traffic.Nodes.ShouldBe(setup.Traffic.Nodes);
            again.Cluster.Lease.ShouldBe(setup.Cluster.Lease);
            again.World.ShouldBe(setup.World);
        }
    }

    [Fact]
    public void Seeds_differ() => Setups.Select(setup => setup.ToString()).Distinct().Count().ShouldBe((int)Seeds);

    [Fact]
    public void Every_fault_is_drawn_from_dice_of_its_own()
    {
        List<string> members = ["m1", "m2", "m3"];
        var plans = Enumerable.Range(1, 40).Select(seed =>
            FaultPlan.Of(new Dice((ulong)seed), FaultProfile.Storm, members, ["n1", "n2"])).ToList();
        foreach (var (plan, seed) in plans.Select((plan, place) => (plan, (ulong)place + 1)))
        {
            // Fewer faults, other kinds of trouble: those that are there are the same.
            var alone = FaultPlan.Of(new Dice(seed), FaultProfile.Storm, members, ["n1", "n2"]);
            alone.Faults.Select(fault => fault.ToString()).ShouldBe(plan.Faults.Select(fault => fault.ToString()));
            plan.Faults.Select(fault => fault.Index).ShouldBe(Enumerable.Range(0, plan.Faults.Count));
        }
    }

    [Fact]
    public void Faults_begin_after_the_start_and_end_before_it_is_quiet()
    {
        foreach (var fault in Setups.SelectMany(setup => setup.Faults.Faults))
        {
            fault.At.ShouldBeGreaterThanOrEqualTo(RunTimes.FirstFault, fault.ToString());
            (fault.At + fault.For).ShouldBeLessThanOrEqualTo(RunTimes.Quiet, fault.ToString());
            fault.ToString().ShouldNotContain('\n');
        }
    }

    [Fact]
    public void Every_kind_and_every_profile_is_drawn()
    {
        var setups = Setups.ToList();
        setups.SelectMany(setup => setup.Faults.Faults).Select(fault => fault.Kind).ToHashSet().ShouldBe(Enum.GetValues<FaultKind>(), ignoreOrder: true);
        setups.Select(setup => setup.Faults.Profile).ToHashSet().ShouldBe(Enum.GetValues<FaultProfile>(), ignoreOrder: true);
        setups.Select(setup => setup.Traffic.Profile).ToHashSet().ShouldBe(Enum.GetValues<TrafficProfile>(), ignoreOrder: true);
        foreach (var setup in setups)
        {
            var (least, most) = FaultProfiles.CountOf(setup.Faults.Profile);
            setup.Faults.Faults.Count.ShouldBeInRange(least, most);
        }
    }

    private static List<string> Lines(Setup setup) => [.. setup.Faults.Faults.Select(fault => fault.ToString())];
}
