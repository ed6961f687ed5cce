using Berth.Simulation.Kernel;
using Berth.Simulation.Traffic;

namespace Berth.Simulation.Faults;

/// <summary>Everything that goes wrong in a run. Made before it begins.</summary>
/// <param name="Profile">What kind of trouble it is.</param>
/// <param name="Starts">When each member is first started.</param>
/// <param name="Faults">What happens, in no order.</param>
/// <param name="Store">What the store is like all the time, until nothing fails any more.</param>
/// <param name="Links">What all links are like all the time, until nothing fails any more.</param>
internal sealed record FaultPlan(
    FaultProfile Profile,
    IReadOnlyList<TimeSpan> Starts,
    IReadOnlyList<Fault> Faults,
    Action<StoreWeather> Store,
    Action<LinkWeather> Links)
{
    /// <summary>Makes a plan: each fault has dice of its own.</summary>
    /// <param name="dice">The seed's.</param>
    /// <param name="profile">What kind of trouble.</param>
    /// <param name="members">The names of the members.</param>
    /// <param name="askers">The names of the nodes and operators.</param>
    public static FaultPlan Of(Dice dice, FaultProfile profile, IReadOnlyList<string> members, IReadOnlyList<string> askers)
    {
        var (least, most) = FaultProfiles.CountOf(profile);
        var count = least + dice.Below(most - least + 1);
        var kinds = FaultProfiles.KindsOf(profile);
        return new FaultPlan(
            profile,
            [.. members.Select(_ => dice.Between(TimeSpan.Zero, RunTimes.Started))],
            [.. Enumerable.Range(0, count).Select(index => FaultOf(dice.Fork($"fault {index}"), index, kinds, members, askers))],
            StoreOf(dice, profile),
            LinksOf(dice, profile));
    }

    private static Fault FaultOf(
        Dice dice, int index, IReadOnlyList<FaultKind> kinds, IReadOnlyList<string> members, IReadOnlyList<string> askers)
    {
        var kind = dice.Pick(kinds);
        var parts = new FaultParts(dice, members, askers).Of(kind);
        var fault = new Fault(index, kind, TimeSpan.Zero, parts);
        return fault with { At = dice.Between(RunTimes.FirstFault, RunTimes.Quiet - fault.For) };
    }

    private static Action<StoreWeather> StoreOf(Dice dice, FaultProfile profile)
    {
        var tail = profile == FaultProfile.SlowStore || dice.Chance(0.3) ? dice.Fraction() * 0.05 : 0;
        var unknown = profile == FaultProfile.FlakyStore ? dice.Fraction() * 0.01 : 0;
        return weather =>
        {
            weather.Request = Latency.Of(0.1, 2, tail, 800);
            weather.Answer = Latency.Of(0.1, 2, tail, 800);
            (weather.FailsBefore, weather.FailsAfter) = (unknown, unknown);
        };
    }

    private static Action<LinkWeather> LinksOf(Dice dice, FaultProfile profile)
    {
        var tail = profile is FaultProfile.Partitions or FaultProfile.Takeovers || dice.Chance(0.2) ? dice.Fraction() * 0.05 : 0;
        return link => link.Delay = Latency.Of(0.1, 2, tail, 4_000);
    }
}
