using System.Diagnostics;
using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Simulation.Checks;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Scenarios;

/// <summary>
/// A cluster whose run is written down: exact clocks, a millisecond for every way, nothing left to the dice, and all checks at work.
/// Whatever a check finds fails the step of the script in which it happened.
/// </summary>
internal sealed class Script : IDisposable
{
    /// <summary>How long every way takes: to the store, back from it, and between machines.</summary>
    public static readonly TimeSpan Way = TimeSpan.FromMilliseconds(1);

    private const int LinesToShow = 40;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly HashSet<string> _suspected = [];
    private readonly List<KeptCalls> _kept = [];
    private readonly List<string> _lines = [];
    private readonly ShardPlan _plan = new();
    private readonly HashSet<PoolName> _pools = [];

    /// <summary>A cluster whose members were not started yet.</summary>
    public Script(int members, Func<ClusterSetting, ClusterSetting>? change = null)
    {
        World = new World(1, new WorldOptions { OtherFirst = 0 });
        var setting = new ClusterSetting
        {
            Members = members,
            MostDriftPpm = 0,
            Policy = new PolicyException(TimeSpan.FromSeconds(30), null, null),
            CullInterval = TimeSpan.FromSeconds(1),
            LooksDead = member => !member.IsUp || _suspected.Contains(member.Name),
        };
        Cluster = new SimulatedCluster(World, change?.Invoke(setting) ?? setting);
        var way = Latency.Of(Way.TotalMilliseconds, Way.TotalMilliseconds);
        Cluster.Network.Weather.Everywhere = new LinkWeather { Delay = way };
        (Store.Weather.Request, Store.Weather.Answer, Store.Weather.CancelledIsDone) = (way, way, 1);
        Store.Keeps = call => _kept.Exists(kept => kept.Keeps(call));
        Cluster.Witness.Line = _lines.Add;
        AllChecks.AddTo(Cluster);
        Cluster.Witness.Add(violated => Given = new AnswersGiven { Violated = violated });
    }

    public World World { get; }

    public SimulatedCluster Cluster { get; }

    public SimulatedStore Store => Cluster.Store;

    public TimeSpan Now => World.Now;

    /// <summary>What owners answered.</summary>
    public AnswersGiven Given { get; private set; } = null!;

    /// <summary>The history, members' logs included.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The table as it is stored now.</summary>
    public ClusterTable Table => new ReadTable().Apply(Store.Truth);

    public SimulatedMember this[string name] => Cluster.Named(name) ?? throw new ArgumentException($"no member {name}", nameof(name));

    /// <summary>A cluster whose members, or the first of them, are up, hold their shares and know the policy.</summary>
    public static Script Started(int members, Func<ClusterSetting, ClusterSetting>? change = null, int started = int.MaxValue)
    {
        var script = new Script(members, change);
        foreach (var member in script.Cluster.Members.Take(started))
        {
            member.Start();
        }

        script.RunUntil(script.IsBalanced);
        return script;
    }

    public void Dispose() => World.Dispose();

    /// <summary>Time passes.</summary>
    public void Run(TimeSpan span)
    {
        if (!World.RunUntil(Now + span))
        {
            var last = string.Join('\n', _lines.TakeLast(LinesToShow));
            throw new InvalidOperationException($"{Cluster.Witness.Violation?.What ?? World.Ended?.ToString()}\n{last}");
        }
    }

    /// <summary>Time passes until a moment.</summary>
    public void RunTo(TimeSpan moment) => Run(moment - Now);

    /// <summary>Time passes until it is so, by milliseconds. How long that took.</summary>
    public TimeSpan RunUntil(Func<bool> isSo, TimeSpan? atMost = null)
    {
        var began = Now;
        while (!isSo())
        {
            if (Now - began >= (atMost ?? _patience))
            {
                var last = string.Join('\n', _lines.TakeLast(LinesToShow));
                throw new TimeoutException($"not so after {Now - began} of the cluster's time\n{last}");
            }

            Run(Way);
        }

        return Now - began;
    }

    /// <summary>A command goes out to a member. Nothing is waited for.</summary>
    public Asked Ask(string asker, string via, PoolName pool, PoolCommand command)
    {
        var asked = new Asked(Now);
        Cluster.Send(asker, this[via], pool, command, (_, outcome) => asked.Ended(outcome, Now));
        return asked;
    }

    /// <summary>The same, and its end is waited for.</summary>
    public Asked Wait(Asked asked)
    {
        RunUntil(() => asked.IsOver);
        return asked;
    }

    public Asked BeginClaim(string node, string via, PoolName pool) => Ask(node, via, pool, new ClaimSeat(new(node), Who.Nobody));

    public Asked Claim(string node, string via, PoolName pool) => Wait(BeginClaim(node, via, pool));

    public Asked BeginRelease(string node, string via, PoolName pool) => Ask(node, via, pool, new ReleaseSeat(new(node), Who.Nobody));

    public Asked Release(string node, string via, PoolName pool) => Wait(BeginRelease(node, via, pool));

    /// <summary>Makes a pool in a shard of a member, with one license, and lets the others find it.</summary>
    public PoolName PoolAt(string owner, int seats, Func<PoolName, bool>? fits = null)
    {
        var pool = Names().First(name => !_pools.Contains(name) && OwnerOf(name) == owner && fits?.Invoke(name) != false);
        _pools.Add(pool);
        MakePool(pool, owner);
        var add = new AddLicenses([new(new($"lic-{_pools.Count}"), seats, null)], Who.Nobody);
        var added = Wait(Ask("operator", owner, pool, add));
        RunUntil(() => Cluster.Members.Where(member => member.IsRunning).All(member => member.Running!.Router.Has(pool)));
        return added.Reply is Changed ? pool : throw new UnreachableException($"{added.Reply}");
    }

    /// <summary>A pool without licenses is made through a member.</summary>
    public void MakePool(PoolName pool, string via)
    {
        var done = false;
        this[via].Process!.Start(async () =>
        {
            await this[via].Running!.Pools.CreatePoolAsync(pool);
            done = true;
        });
        RunUntil(() => done);
    }

    /// <summary>Who owns the shard of a pool, by the table's word; null: nobody that is up.</summary>
    public string? OwnerOf(PoolName pool) =>
        ShardOf(pool).Owner is { } owner && Table.Members.FirstOrDefault(row => row.Incarnation == owner) is { State: MemberState.Up } row
            ? row.Card.Name
            : null;

    public ShardRow ShardOf(PoolName pool) => Table.Shards[Shards.Of(pool)];

    /// <summary>The row of a member's newest life.</summary>
    public MemberRow RowOf(string member) => Table.Members.Last(row => row.Card.Name == member);

    /// <summary>Every member that runs is ready and all hold what they should.</summary>
    public bool IsBalanced()
    {
        var table = Table;
        var up = table.Members.Where(row => row.State == MemberState.Up).ToList();
        var running = Cluster.Members.Where(member => member.IsRunning).ToList();
        return up.Count == running.Count
            && running.TrueForAll(member => member.Running!.IsReady)
            && running.Sum(member => member.Running!.Ownership.ShardsHeld) == Shards.Count
            && _plan.Among(up) is var plan
            && table.Shards.All(row => row.Owner == plan[row.Shard]!.Incarnation);
    }

    /// <summary>Calls of a member's store that are made from here on are kept back.</summary>
    public KeptCalls Keep(string member, Func<StoreOperation, bool> which, int most = int.MaxValue)
    {
        var kept = new KeptCalls(this[member], which) { Most = most };
        _kept.Add(kept);
        return kept;
    }

    /// <summary>From here on nothing that a member sends to the store gets there; it hears so at once.</summary>
    public void CutOff(string member) => Store.CutOff(this[member].Process!, StoreOutage.Throws);

    public void Reconnect(string member) => Store.CutOff(this[member].Process!, StoreOutage.None);

    /// <summary>From here on there is false evidence that a member has ended.</summary>
    public void Suspect(string member) => _suspected.Add(member);

    public void Clear(string member) => _suspected.Remove(member);

    /// <summary>When the lease of a member ends, in the world's time: clocks are exact here.</summary>
    public TimeSpan LeaseEnd(string member)
    {
        var clock = this[member].Process!.Clock;
        return Now + clock.GetElapsedTime(clock.GetTimestamp(), this[member].Running!.Lease.EndsAt);
    }

    /// <summary>Under what a member has a pool open; null: it has not.</summary>
    public (Epoch Epoch, Opening Opening)? OpenAt(string member, PoolName pool) => this[member].Running!.Pools.OwnershipOf(pool);

    /// <summary>
    /// A member that has just renewed is cut off from the store, and its shards are taken on false evidence while its lease still counts.
    /// Whose the pool is then, open and ready to answer.
    /// </summary>
    public string TakeEarly(string member, PoolName pool)
    {
        RunToRenewal(member);
        CutOff(member);
        Suspect(member);
        RunUntil(() => OwnerOf(pool) is { } owner && owner != member && OpenAt(owner, pool)?.Epoch == ShardOf(pool).Epoch);
        return OwnerOf(pool)!;
    }

    /// <summary>Time passes until a member has just renewed its lease.</summary>
    public void RunToRenewal(string member)
    {
        var before = LeaseEnd(member);
        RunUntil(() => LeaseEnd(member) > before);
    }

    /// <summary>Somebody does something to the table, in the name of a member's process that does not know of it.</summary>
    public void Do<T>(string member, StoreOperation<T> operation)
    {
        var call = Store.Make(this[member].Process!, operation);
        RunUntil(() => call.IsAnswered);
    }

    private static IEnumerable<PoolName> Names() => Enumerable.Range(0, 100_000).Select(i => new PoolName($"p{i}"));
}
