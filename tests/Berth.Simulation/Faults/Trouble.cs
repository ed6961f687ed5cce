using System.Globalization;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Faults;

/// <summary>One part of a fault: what the cluster has to bear while it lasts.</summary>
/// <param name="After">How long after the beginning of its fault it begins.</param>
/// <param name="For">How long it lasts.</param>
internal abstract record Trouble(TimeSpan After, TimeSpan For)
{
    /// <summary>For people.</summary>
    public abstract string Text { get; }

    /// <summary>What happens once, as it begins.</summary>
    public virtual void Begin(Scene scene)
    {
    }

    /// <summary>What happens once, as it ends.</summary>
    public virtual void End(Scene scene)
    {
    }

    /// <summary>What it makes of the world as long as it lasts. Others that last make theirs of the same.</summary>
    public virtual void Shape(Conditions conditions)
    {
    }

    protected static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}

/// <summary>How a member's process comes to be gone.</summary>
internal enum Gone
{
    Left,
    Crashed,
    WithoutPower,
}

/// <summary>A member's process is gone; another is started when this is over.</summary>
internal sealed record MemberGone(TimeSpan After, TimeSpan For, string Member, Gone How, int? FeatureLevel = null) : Trouble(After, For)
{
    public override string Text => FeatureLevel is { } level ? $"{Member} {How}, comes back with level {Number(level)}" : $"{Member} {How}";

    public override void Begin(Scene scene)
    {
        if (How == Gone.Left)
        {
            scene.MemberOf(Member).Leave();
        }
    }

    public override void End(Scene scene) => scene.Restart(scene.MemberOf(Member), FeatureLevel);

    public override void Shape(Conditions conditions) => conditions.Gone(Member, How);
}

/// <summary>A member stands still, with its clock or without.</summary>
internal sealed record MemberStill(TimeSpan After, TimeSpan For, string Member, bool WithClock) : Trouble(After, For)
{
    public override string Text => $"{Member} stands still{(WithClock ? " with its clock" : "")}";

    public override void Shape(Conditions conditions) => conditions.Still(Member, WithClock);
}

/// <summary>A member's wall clock is set.</summary>
internal sealed record WallStepped(TimeSpan After, string Member, TimeSpan By) : Trouble(After, TimeSpan.Zero)
{
    public override string Text => $"the wall clock of {Member} is set by {Number(By.TotalSeconds)} s";

    public override void Begin(Scene scene) => scene.MemberOf(Member).Process?.Clock.StepWall(By);
}

/// <summary>A member's clock runs at another speed from now on.</summary>
internal sealed record DriftChanged(TimeSpan After, TimeSpan For, string Member, int Ppm, int PpmAfter) : Trouble(After, For)
{
    public override string Text => $"the clock of {Member} drifts by {Number(Ppm)} ppm";

    public override void Begin(Scene scene) => scene.MemberOf(Member).Process?.Clock.Drift(Ppm);

    public override void End(Scene scene) => scene.MemberOf(Member).Process?.Clock.Drift(PpmAfter);
}

/// <summary>A live member is held for dead by everybody who looks.</summary>
internal sealed record HeldForDead(TimeSpan After, TimeSpan For, string Member) : Trouble(After, For)
{
    public override string Text => $"{Member} is held for dead";

    public override void Shape(Conditions conditions) => conditions.HeldForDead.Add(Member);
}

/// <summary>An operator marks a live member down, through another one.</summary>
internal sealed record OperatorMarksDown(TimeSpan After, string Member) : Trouble(After, TimeSpan.Zero)
{
    public override string Text => $"an operator marks {Member} down";

    public override void Begin(Scene scene)
    {
        var through = scene.Cluster.Members.FirstOrDefault(other => other.Name != Member && other.IsRunning);
        if (through is not null && scene.MemberOf(Member) is { IsUp: true, Running.Ownership.Self: { Value: not 0 } life })
        {
            scene.Cluster.Store.Make(through.Process!, new MarkDown(life));
        }
    }
}

/// <summary>Nothing of the store gets through, for one member or for all.</summary>
internal sealed record StoreAway(TimeSpan After, TimeSpan For, string? Member, StoreOutage Outage) : Trouble(After, For)
{
    public override string Text => $"the store {Outage} for {Member ?? "all"}";

    public override void Shape(Conditions conditions) => conditions.StoreAway(Member, Outage);
}

/// <summary>The store treats calls otherwise.</summary>
internal sealed record StoreTrouble(TimeSpan After, TimeSpan For, string What, Action<StoreWeather> Change) : Trouble(After, For)
{
    public override string Text => $"the store: {What}";

    public override void Shape(Conditions conditions) => Change(conditions.Store);
}

/// <summary>Messages from some to others are treated otherwise.</summary>
internal sealed record LinkTrouble(
    TimeSpan After, TimeSpan For, IReadOnlyList<string> From, IReadOnlyList<string> To, string What, Action<LinkWeather> Change)
    : Trouble(After, For)
{
    public override string Text => $"{Short(From)} to {Short(To)}: {What}";

    public override void Shape(Conditions conditions)
    {
        foreach (var from in From)
        {
            foreach (var to in To.Where(to => to != from))
            {
                Change(conditions.Link(from, to));
            }
        }
    }

    internal static string Short(IReadOnlyList<string> names) => names.Count < 8 ? string.Join(' ', names) : $"{names[0]}..{names[^1]}";
}

/// <summary>Messages from some to others do not arrive.</summary>
internal sealed record LinkCut(TimeSpan After, TimeSpan For, IReadOnlyList<string> From, IReadOnlyList<string> To, bool BothWays)
    : Trouble(After, For)
{
    public override string Text =>
        $"{LinkTrouble.Short(From)} {(BothWays ? "and" : "to")} {LinkTrouble.Short(To)} cut";

    public override void Shape(Conditions conditions) => conditions.Cuts.Add(new NetworkCut(From, To, BothWays));
}

/// <summary>What strikes somebody who has just done something.</summary>
internal enum Strike
{
    Crash,
    PowerLoss,
    Pause,
    CutFromStore,
    FalseAlarm,
}

/// <summary>Lies in wait for members who take shards over, or hand them on, and strikes the first of them soon after.</summary>
internal sealed record Ambush(TimeSpan After, TimeSpan For, bool OnTransfer, Strike Strike, TimeSpan Delay, TimeSpan Lasts)
    : Trouble(After, For)
{
    public override string Text =>
        $"{Strike} {Number(Delay.TotalSeconds)} s after a {(OnTransfer ? "transfer" : "takeover")}, for {Number(Lasts.TotalSeconds)} s";

    /// <summary>It strikes whoever did that.</summary>
    public bool Meets(StoreCall call) => OnTransfer
        ? call.Operation is TransferShard
        : call is StoreCall<Runtime.Ownership.AcquireResult> { Operation: AcquireShards { From: not null }, Outcome.Taken.Count: > 0 };

    public Trouble On(string member) => Strike switch
    {
        Strike.Crash => new MemberGone(Delay, Lasts, member, Gone.Crashed),
        Strike.PowerLoss => new MemberGone(Delay, Lasts, member, Gone.WithoutPower),
        Strike.Pause => new MemberStill(Delay, Lasts, member, WithClock: false),
        Strike.CutFromStore => new StoreAway(Delay, Lasts, member, StoreOutage.Hangs),
        Strike.FalseAlarm => new HeldForDead(Delay, Lasts, member),
        _ => throw new ArgumentOutOfRangeException(nameof(member), Strike, "an unknown strike"),
    };
}
