using Berth.Simulation.Kernel;

namespace Berth.Simulation.Faults;

/// <summary>Draws what a fault of some kind is made of.</summary>
internal sealed class FaultParts(Dice dice, IReadOnlyList<string> members, IReadOnlyList<string> askers)
{
    private static readonly TimeSpan _now = TimeSpan.Zero;

    public IReadOnlyList<Trouble> Of(FaultKind kind) => kind switch
    {
        FaultKind.Crash => [new MemberGone(_now, Short(0, 60), Member(), Gone.Crashed)],
        FaultKind.PowerLoss => [new MemberGone(_now, Short(0.5, 60), Member(), Gone.WithoutPower)],
        FaultKind.Pause => [new MemberStill(_now, Short(0.2, 30), Member(), WithClock: false)],
        FaultKind.Freeze => [new MemberStill(_now, Short(0.5, 20), Member(), WithClock: true)],
        FaultKind.Leave => [new MemberGone(_now, Short(1, 30), Member(), Gone.Left)],
        FaultKind.RollingRestart => OneByOne(featureLevel: null),
        FaultKind.Upgrade => OneByOne(featureLevel: 2),
        FaultKind.WallStep => [new WallStepped(_now, Member(), SomeStep())],
        FaultKind.Drift => [new DriftChanged(_now, Short(5, 120), Member(), SomeDrift(), dice.Below(401) - 200)],
        FaultKind.CutFromStore => [new StoreAway(_now, Short(0.2, 20), Member(), SomeOutage())],
        FaultKind.StoreOutage => [new StoreAway(_now, Short(0.5, 60), null, SomeOutage())],
        FaultKind.SlowRequests or FaultKind.SlowAnswers => [Slow(kind == FaultKind.SlowRequests, _now, Short(3, 40))],
        FaultKind.UnknownOutcomes => [UnknownOutcomes(_now, Short(3, 40))],
        FaultKind.Lingering => [Lingering(Short(5, 40))],
        FaultKind.DiskFull => [DiskFull(Short(1, 30))],
        FaultKind.FalseAlarm => [new HeldForDead(_now, Short(1, 3), Member())],
        FaultKind.MarkedDown => [new OperatorMarksDown(_now, Member())],
        FaultKind.AlarmWhileCut => AlarmWhileCut(Member()),
        FaultKind.AlarmOverSlowStore or FaultKind.NewOwnerStruck or FaultKind.LeaveInOutage or FaultKind.CutAfterTransfer => Together(kind),
        _ => InNetwork(kind),
    };

    /// <summary>
    /// The store is away for longer than any lease, or the member would hear too soon that it is down. Often its last answers are slow: then
    /// its lease is shorter than it would like.
    /// </summary>
    private List<Trouble> AlarmWhileCut(string member)
    {
        var away = dice.Chance(0.6) ? Short(0.5, 1.5) : _now;
        var slow = Latency.Of(300, 600, 0.5, 900);
        List<Trouble> parts = [new StoreAway(away, Short(8, 14), member, StoreOutage.Hangs), new HeldForDead(away + Short(0, 1), Short(1.5, 3), member)];
        return away == _now ? parts : [new StoreTrouble(_now, away, "answers take up to 900 ms", weather => weather.Answer = slow), .. parts];
    }

    private List<Trouble> Together(FaultKind kind)
    {
        var some = Some(1 + dice.Below(2));
        var away = Short(0.5, 12);
        return kind switch
        {
            FaultKind.AlarmOverSlowStore =>
            [
                Slow(dice.Chance(0.5), _now, Short(4, 15)),
                .. some.Select(member => new HeldForDead(Short(0, 2), Short(1, 3), member)),
            ],
            FaultKind.NewOwnerStruck =>
            [
                new Ambush(_now, Short(20, 60), OnTransfer: false, dice.Pick(Enum.GetValues<Strike>()), Short(0, 3), Short(0.5, 12)),
                dice.Chance(0.5) ? new HeldForDead(Short(0, 2), Short(1, 3), some[0]) : new OperatorMarksDown(Short(0, 2), some[0]),
            ],
            FaultKind.LeaveInOutage =>
            [
                new StoreAway(Short(0, 2), away, dice.Chance(0.5) ? null : some[0], SomeOutage()),
                .. some.Select(member => new MemberGone(Short(0, 2), away + Short(0.5, 15), member, Gone.Left)),
            ],
            _ =>
            [
                UnknownOutcomes(_now, away),
                new Ambush(_now, Short(20, 60), OnTransfer: true, dice.Pick([Strike.CutFromStore, Strike.Crash, Strike.Pause]), _now, away),
                new MemberGone(Short(0, 1), away + Short(2, 10), some[0], Gone.Left),
            ],
        };
    }

    private List<Trouble> InNetwork(FaultKind kind)
    {
        var (some, time) = (Some(1 + dice.Below(Math.Max(1, members.Count / 2))), Short(1, 40));
        List<string> rest = [.. members.Except(some)];
        var (often, most) = (0.02 + (dice.Fraction() * 0.3), 500 + (dice.Fraction() * 14_500));
        var (from, to) = dice.Chance(0.3) ? (askers, members) : dice.Chance(0.5) ? (some, rest) : (members, members);
        return kind switch
        {
            FaultKind.Partition => [new LinkCut(_now, time, some, rest, BothWays: true)],
            FaultKind.OneWayPartition =>
                [dice.Chance(0.5) ? new LinkCut(_now, time, some, rest, BothWays: false) : new LinkCut(_now, time, rest, some, BothWays: false)],
            FaultKind.NodesCutOff => [new LinkCut(_now, time, askers, some, BothWays: true)],
            FaultKind.SlowNetwork =>
            [
                new LinkTrouble(_now, time, from, to, $"delays up to {most:0} ms", link => link.Delay = Latency.Of(0.1, 5, often, most)),
            ],
            FaultKind.VeryLate =>
            [
                new LinkTrouble(_now, time, members, members, $"{often:0.00} take up to {4 * most:0} ms", link =>
                    link.Delay = Latency.Of(0.1, 5, often, 4 * most)),
            ],
            FaultKind.Loss => [new LinkTrouble(_now, time, from, to, $"{often:0.00} lost", link => link.Loss = often)],
            FaultKind.Duplication =>
            [
                new LinkTrouble(_now, time, from, to, $"{often:0.00} twice, delays up to {most:0} ms", link =>
                    (link.Duplication, link.Delay) = (often, Latency.Of(0.1, 5, often / 2, most))),
            ],
            FaultKind.Resets =>
            [
                new LinkTrouble(_now, time, from, to, $"{often:0.00} reset", link => (link.ResetBefore, link.ResetAfter) = (often / 2, often)),
            ],
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "an unknown fault"),
        };
    }

    /// <summary>Everybody is restarted in turn; some before the one before is back for long.</summary>
    private List<Trouble> OneByOne(int? featureLevel)
    {
        var order = members.ToList();
        dice.Shuffle(order);
        var (gap, away) = (Short(4, 25), Short(0.2, 5));
        return [.. order.Select((member, place) => new MemberGone(gap * place, away + Short(0.1, 12), member, Gone.Left, featureLevel))];
    }

    private StoreTrouble Slow(bool requests, TimeSpan after, TimeSpan time)
    {
        var (often, most) = (0.05 + (dice.Fraction() * 0.6), 100 + (dice.Fraction() * 1_400));
        var slow = Latency.Of(0.1, 5, often, most);
        return requests
            ? new StoreTrouble(after, time, $"requests take up to {most:0} ms", weather => weather.Request = slow)
            : new StoreTrouble(after, time, $"answers take up to {most:0} ms", weather => weather.Answer = slow);
    }

    private StoreTrouble UnknownOutcomes(TimeSpan after, TimeSpan time)
    {
        var (before, behind) = (dice.Fraction() * 0.1, 0.02 + (dice.Fraction() * 0.3));
        return new StoreTrouble(after, time, $"{before:0.00} fail undone, {behind:0.00} done", weather =>
            (weather.FailsBefore, weather.FailsAfter) = (before, behind));
    }

    private StoreTrouble Lingering(TimeSpan time)
    {
        var (often, most) = (0.05 + (dice.Fraction() * 0.3), 1_000 + (dice.Fraction() * 9_000));
        return new StoreTrouble(_now, time, $"{often:0.00} fail and land up to {most:0} ms later", weather =>
            (weather.FailsAfter, weather.Lingering) = (often, Latency.Of(0, 50, 0.7, most)));
    }

    private StoreTrouble DiskFull(TimeSpan time)
    {
        var often = dice.Pick([0.1, 0.5, 1.0]);
        return new StoreTrouble(_now, time, $"{often:0.0} refused", weather => weather.Refuses = often);
    }

    private string Member() => dice.Pick(members);

    private List<string> Some(int count)
    {
        var some = members.ToList();
        dice.Shuffle(some);
        return some[..Math.Clamp(count, 1, members.Count - 1)];
    }

    /// <summary>More often short than long.</summary>
    private TimeSpan Short(double least, double most) => new Traffic.Span(least, most).Draw(dice);

    private TimeSpan SomeStep()
    {
        var most = dice.Pick([0.1, 0.3, 2, 60, 3600]);
        return TimeSpan.FromSeconds(most * ((dice.Fraction() * 2) - 1));
    }

    /// <summary>Usually as quartz is; seldom that of a broken one.</summary>
    private int SomeDrift() => (dice.Chance(0.1) ? 5 : 1) * (dice.Below(401) - 200);

    private StoreOutage SomeOutage() => dice.Chance(0.6) ? StoreOutage.Hangs : StoreOutage.Throws;
}
