using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Traffic;

/// <summary>What the traffic of a run is meant to wear out.</summary>
internal enum TrafficProfile
{
    /// <summary>A bit of everything, calmly.</summary>
    Swarm,

    /// <summary>Few seats, claimed and released in quick succession by many.</summary>
    Churn,

    /// <summary>Seats are held long and renewed, often late.</summary>
    Holders,

    /// <summary>The ttl goes up and down.</summary>
    Policy,

    /// <summary>Seats are taken away, licenses come, go, shrink and grow.</summary>
    Operators,

    /// <summary>Nobody waits long, and many ask again while they still wait.</summary>
    Impatient,

    /// <summary>Two processes each go by the same fingerprint.</summary>
    Shared,
}

/// <summary>A pool and the licenses that it begins with.</summary>
/// <param name="Name">The pool.</param>
/// <param name="Licenses">The seats of each license.</param>
/// <param name="MadeAt">When somebody makes it.</param>
internal sealed record PoolSetting(PoolName Name, IReadOnlyList<int> Licenses, TimeSpan MadeAt)
{
    public LicenseGrant LicenseAt(int place) => new(new LicenseId($"{Name.Value}-{place}"), Licenses[place], null);
}

/// <summary>One process of a node.</summary>
/// <param name="Asker">Its name.</param>
/// <param name="Fingerprint">What it goes by.</param>
/// <param name="Key">Its claim key, if it has one.</param>
/// <param name="Pool">The pool that it begins with.</param>
/// <param name="From">When it begins.</param>
/// <param name="Habits">How it behaves.</param>
internal sealed record NodeSetting(string Asker, Fingerprint Fingerprint, string? Key, PoolName Pool, TimeSpan From, Habits Habits);

/// <summary>An operator.</summary>
/// <param name="Asker">Its name.</param>
/// <param name="Acts">What it does, each as often as it is named here.</param>
/// <param name="Every">How often.</param>
internal sealed record OperatorSetting(string Asker, IReadOnlyList<OperatorAct> Acts, Span Every);

/// <summary>Who asks in a run, and how.</summary>
internal sealed record TrafficSetting(
    TrafficProfile Profile,
    IReadOnlyList<PoolSetting> Pools,
    IReadOnlyList<NodeSetting> Nodes,
    IReadOnlyList<OperatorSetting> Operators,
    Policy Policy)
{
    /// <summary>No claim is ever told a longer ttl.</summary>
    public static readonly TimeSpan LongestTtl = TimeSpan.FromSeconds(40);

    private const int MostSeats = 16;

    /// <summary>The first operator, who sets everything up. Nothing goes without.</summary>
    public string Founder { get; } = "founder";

    /// <summary>How often somebody moves a shard that is in use; null: nobody does.</summary>
    public Span? Moves { get; init; }

    /// <summary>Everybody who asks.</summary>
    public IEnumerable<string> Askers =>
        [Founder, .. Nodes.Select(node => node.Asker), .. Operators.Select(one => one.Asker), .. Moves is null ? Array.Empty<string>() : [Mover.Name]];

    public static TrafficSetting Of(Dice dice, TrafficProfile? wanted = null)
    {
        var drawn = dice.Pick(Enum.GetValues<TrafficProfile>());
        var profile = wanted ?? drawn;
        var pools = PoolsOf(dice, profile);
        var ttl = TimeSpan.FromSeconds(profile == TrafficProfile.Churn ? 5 + dice.Below(10) : 5 + dice.Below(36));
        return new TrafficSetting(
            profile,
            pools,
            [.. NodesOf(dice, profile, pools), .. pools.Select(Visitor)],
            OperatorsOf(profile),
            new Policy(ttl, dice.Pick(Enum.GetValues<Strategy>()), Heartbeats: true))
        {
            Moves = dice.Fork(Mover.Name).Chance(0.5) ? new Span(1, 15) : null,
        };
    }

    private static List<PoolSetting> PoolsOf(Dice dice, TrafficProfile profile)
    {
        var pools = new List<PoolSetting>();
        var shards = new HashSet<int>();
        var wanted = 3 + dice.Below(profile == TrafficProfile.Churn ? 3 : 6);
        for (var number = 0; pools.Count < wanted && pools.Sum(pool => pool.Licenses.Sum()) < MostSeats; number++)
        {
            var name = number == 0 ? PoolName.Global : new PoolName($"p{number}");
            if (shards.Add(Shards.Of(name)))
            {
                var licenses = new List<int>();
                for (var seats = profile == TrafficProfile.Churn ? 1 + dice.Below(2) : 1 + dice.Below(4); licenses.Sum() < seats;)
                {
                    licenses.Add(Math.Min(seats - licenses.Sum(), 1 + dice.Below(2)));
                }

                // Now and then one is made in the middle of everything.
                var late = number > 1 && dice.Chance(0.15);
                pools.Add(new PoolSetting(name, licenses, late
                    ? dice.Between(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5))
                    : RunTimes.Started + dice.Between(TimeSpan.Zero, TimeSpan.FromSeconds(2))));
            }
        }

        return pools;
    }

    /// <summary>There are more nodes than seats, so that somebody wants each seat as soon as it is free.</summary>
    private static List<NodeSetting> NodesOf(Dice dice, TrafficProfile profile, List<PoolSetting> pools)
    {
        var seats = pools.SelectMany(pool => Enumerable.Repeat(pool.Name, pool.Licenses.Sum())).ToList();
        var count = Math.Clamp((int)(seats.Count * (1.3 + (dice.Fraction() * 1.2))), 8, 28);
        var nodes = new List<NodeSetting>();
        for (var number = 1; nodes.Count < count; number++)
        {
            var pool = number <= pools.Count * 2 ? pools[number % pools.Count].Name : dice.Pick(seats);
            var fingerprint = new Fingerprint($"n{number}");
            var node = new NodeSetting(
                $"n{number}",
                fingerprint,
                dice.Chance(0.1) ? $"key-{number}" : null,
                pool,
                RunTimes.Started + dice.Between(TimeSpan.Zero, TimeSpan.FromSeconds(10)),
                HabitsOf(dice, profile));
            nodes.Add(node);
            if (dice.Chance(profile == TrafficProfile.Shared ? 0.7 : 0.05))
            {
                nodes.Add(node with
                {
                    Asker = $"n{number}b",
                    Key = node.Key is not null && dice.Chance(0.5) ? $"{node.Key}-b" : node.Key,
                    From = node.From + dice.Between(TimeSpan.Zero, TimeSpan.FromSeconds(20)),
                });
            }
        }

        return nodes;
    }

    private static Habits HabitsOf(Dice dice, TrafficProfile profile)
    {
        var impatient = dice.Chance(profile == TrafficProfile.Impatient ? 0.8 : 0.1);
        var some = new Habits
        {
            Stays = dice.Pick([0.98, 0.8, 0.0]),
            Waits = impatient ? new Span(1, 4) : new Span(5, 15),
            Overtakes = impatient ? 0.5 : 0,
        };
        return profile switch
        {
            TrafficProfile.Churn => some with { Holds = new Span(0.05, 12), Rests = new Span(0.05, 4), ClaimsAtOnce = 0.4, Crashes = 0.05 },
            TrafficProfile.Holders => some with { Holds = new Span(10, 200), RenewsLate = 0.15, RenewsLast = 0.4, RenewsTwice = 0.1 },
            TrafficProfile.Impatient => some with { Holds = new Span(0.2, 30), Retries = new Span(0.1, 0.8) },
            _ => some,
        };
    }

    /// <summary>Looks into one pool every few seconds once nothing fails any more, so that each of them is asked by somebody.</summary>
    private static NodeSetting Visitor(PoolSetting pool) => new(
        $"visitor-{pool.Name.Value}",
        new Fingerprint($"visitor-{pool.Name.Value}"),
        null,
        pool.Name,
        RunTimes.Quiet,
        new Habits
        {
            Holds = new Span(0, 1), Rests = new Span(4, 6), AsksAgain = new Span(4, 6), Waits = new Span(2, 3), Retries = new Span(0.1, 1),
            Crashes = 0, ChangesPool = 0, ClaimsAtOnce = 0, RenewsLate = 0, RenewsLast = 0,
        });

    private static List<OperatorSetting> OperatorsOf(TrafficProfile profile) => profile switch
    {
        TrafficProfile.Policy =>
        [
            new("op1", OperatorActs.Policies, new Span(1, 12)),
            new("op2", OperatorActs.All, new Span(10, 60)),
        ],
        TrafficProfile.Operators =>
        [
            new("op1", OperatorActs.Seats, new Span(0.5, 8)),
            new("op2", OperatorActs.Seats, new Span(0.5, 8)),
            new("op3", OperatorActs.All, new Span(5, 40)),
        ],
        _ => [new("op1", OperatorActs.All, new Span(3, 40))],
    };
}
