using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Metrics;
using Berth.Runtime.Ownership;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Pools;

/// <summary>What a host is given besides its journal and its options.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Log">Where it writes what an operator should know.</param>
/// <param name="Send">Brings a command to the owner of any pool; null: every pool is owned here.</param>
internal sealed record PoolHostParts(TimeProvider Time, ILogger Log, Func<PoolName, PoolCommand, ValueTask<PoolReply>>? Send = null);

/// <summary>The pools that this member answers for: finds the actor of a pool, starts it, and gives all of them their ticks.</summary>
public sealed class PoolHost : IDisposable
{
    private readonly PoolEnvironment _shared;
    private readonly ExclusiveNodes? _exclusive;
    private readonly PoolPlaces _places;
    private readonly PoolActors _actors;
    private readonly ReleaseHold _releases;

    private readonly PolicyChange _policy;
    private Action<PoolName, PoolEvent>? _listener;

    /// <summary>Pools of the only member over a journal that is open under <paramref name="epoch"/>.</summary>
    public PoolHost(IJournal journal, Epoch epoch, TimeProvider time, PoolHostOptions options, ILogger log)
        : this(journal, HeldShards.Everything(epoch, time), HeldLease.Endless(time), options, new PoolHostParts(time, log))
    {
    }

    /// <summary>Pools of one member among others: those of the shards that it holds.</summary>
    internal PoolHost(IJournal journal, HeldShards shards, HeldLease lease, PoolHostOptions options, PoolHostParts parts)
    {
        _shared = new PoolEnvironment(journal, lease, parts.Time, options, parts.Log);
        _places = new PoolPlaces(journal, parts.Time);
        _actors = new PoolActors(_places, shards, _shared);
        _releases = new ReleaseHold(parts.Time);
        Survey = new PoolSurvey(_places, parts.Time);
        _shared.OnDurable = FollowFiles;
        _policy = new PolicyChange(parts.Send ?? ((pool, command) => SendAsync(pool, command, default)), this, _shared);
        if (options.ExclusiveNodes)
        {
            _exclusive = new ExclusiveNodes();
            _shared.OnDurable += _exclusive.Follow;
            _shared.OnUnknown = _exclusive.Suspect;
            _shared.OnOpened = _exclusive.Follow;
        }
    }

    /// <summary>
    /// Told of each event once it is durable, in order for each pool, on the actor's own turn: return quickly, never throw.
    /// Set it before <see cref="StartAsync"/>.
    /// </summary>
    public Action<PoolName, PoolEvent>? OnDurable
    {
        get => _listener;
        set
        {
            _listener = value;
            _shared.OnDurable = (Action<PoolName, PoolEvent>)FollowFiles + (_exclusive is null ? null : _exclusive.Follow) + value;
        }
    }

    /// <summary>No pool was lost to another owner or to a bug since the start.</summary>
    public bool ServesAll => !_shared.LostPool;

    /// <summary>Looks at the pools for those who watch.</summary>
    public PoolSurvey Survey { get; }

    /// <summary>The clock that claims age by.</summary>
    public ServiceClock Clock => _shared.Clock;

    /// <summary>What the rules are told now.</summary>
    public PoolRules Rules => _shared.Rules;

    /// <summary>Gives seats from the next decision on, or no more.</summary>
    public void LetGrant(bool grants) => _shared.Change(rules => rules with { Grants = grants });

    /// <summary>Events of a higher feature level are not written: some member could not read them.</summary>
    internal int FeatureLevel
    {
        get => _shared.FeatureLevel;
        set => _shared.FeatureLevel = value;
    }

    /// <summary>The names of all pools, in ordinal order.</summary>
    public IReadOnlyList<PoolName> Names => _places.Names;

    /// <summary>The names from one on, in ordinal order; from the empty text: all.</summary>
    public IEnumerable<PoolName> NamesFrom(string first) => Names.SkipWhile(name => string.CompareOrdinal(name.Value, first) < 0);

    /// <summary>
    /// Reads which pools there are, settles the cluster's policy and begins to open every pool, because deadlines of live
    /// claims run. Where nodes are exclusive it returns only once all are open. Throws when the store cannot be used.
    /// </summary>
    public async Task StartAsync()
    {
        await ReadNamesAsync();
        await SettlePolicyAsync();
        var opening = _actors.OpenAsync(_places.All);
        if (_exclusive is not null)
        {
            await opening;
            if (_places.All.FirstOrDefault(place => place.Actor?.OpenFailure is not null) is { Actor: { } failed })
            {
                throw new InvalidOperationException($"pool {failed.Name} cannot be opened: {failed.OpenFailure}");
            }
        }
        else
        {
            _actors.Track(opening);
        }
    }

    /// <summary>Reads which pools there are; the global one is made. Throws when the store cannot be used.</summary>
    internal async Task ReadNamesAsync()
    {
        await _shared.Journal.CreatePoolAsync(PoolName.Global);
        await _places.ReadAsync();
    }

    /// <summary>
    /// Ticks until <paramref name="stop"/>; then lets every actor finish what waits for it, and records the last denials.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(ServiceClock.TickEvery, _shared.Time);
        using var ending = stop.Register(() => timer.Dispose());
        var lastSweep = _shared.Time.GetTimestamp();
        while (!stop.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            var step = _shared.Clock.Tick();
            if (step != TimeSpan.Zero)
            {
                _shared.Log.ClockStepped(step);
            }

            if (_shared.Time.GetElapsedTime(lastSweep) >= _shared.Options.CullInterval)
            {
                lastSweep = _shared.Time.GetTimestamp();
                Sweep();
            }

            _shared.Denials?.Tick();
        }

        await StopAsync();
        await (_shared.Denials?.CloseAsync() ?? Task.CompletedTask);
    }

    /// <summary>
    /// Sends a command to a pool's actor. A name that no pool has is answered without asking the store;
    /// <see cref="NotOwner"/>: another member has the pool's shard, or nobody.
    /// </summary>
    public ValueTask<PoolReply> SendAsync(PoolName pool, PoolCommand command, in Delivery delivery)
    {
        if (_places.Of(pool) is not { } place)
        {
            return new(NoSuchPool.Instance);
        }

        if (_actors.Of(place) is not { } actor)
        {
            return new(NotOwner.Instance);
        }

        if (command is ClaimSeat claim)
        {
            _releases.Claims(pool, claim.Node);
            return _exclusive is null ? actor.SendAsync(claim, delivery) : _exclusive.SendAsync(actor, claim, delivery, _shared.Denials, place.Counts);
        }

        return _releases.Keeps(actor.Shard, command) ? SendSettledAsync(actor, command, delivery)
            : _exclusive is not null && command is ImportLicenses import ? _exclusive.SendAsync(actor, import, delivery)
            : actor.SendAsync(command, delivery);
    }

    /// <summary>Makes a pool unless it is there.</summary>
    public async ValueTask CreatePoolAsync(PoolName pool)
    {
        if (_places.Of(pool) is null)
        {
            await _shared.Journal.CreatePoolAsync(pool);
            _places.Add(pool);
        }
    }

    /// <summary>
    /// Changes the cluster's policy: recorded first, then followed by every pool. Null parts stay. <see cref="Changed"/>: it is so.
    /// After <see cref="Unknown"/> the pools follow what turns out to be recorded. Anything else: nothing has changed.
    /// </summary>
    public async ValueTask<PoolReply> ChangePolicyAsync(PolicyException change, Who who)
    {
        var reply = await _policy.MakeAsync(change, who);
        if (reply is Unknown)
        {
            _actors.Track(_policy.FindOutAsync(_actors.Stopping));
        }

        return reply;
    }

    /// <summary>Follows the cluster's policy as its global pool records it. False: nobody could say.</summary>
    internal ValueTask<bool> FollowPolicyAsync() => _policy.LookAsync();

    /// <summary>Begins to open what other members have made in the shards held here.</summary>
    internal async Task OpenFoundAsync()
    {
        await _actors.OpenAsync(_places.All.Where(place => place.Actor is null));
    }

    /// <summary>The shard of a pool, whether or not there is one of this name.</summary>
    internal int ShardOf(PoolName pool) => _places.Of(pool)?.Shard ?? Shards.Of(pool);

    /// <summary>Whether a pool has this name.</summary>
    public bool Has(PoolName pool) => _places.Of(pool) is not null;

    /// <summary>The same, once the store was asked again for a name that is not known; at most four times a second.</summary>
    internal async ValueTask<bool> FindsAsync(PoolName pool) => await _places.FindAsync(pool) is not null;

    /// <summary>Under what the pool was last opened here; null: it is not. The store says whether that still counts.</summary>
    internal (Epoch Epoch, Opening Opening)? OwnershipOf(PoolName pool) =>
        _places.Of(pool)?.Actor is { IsClosed: false, Opened.IsCompleted: true } actor ? (actor.Shard.Epoch, actor.Opening) : null;

    /// <summary>
    /// Since when the file that an answer of this host hands out is what it is: the same number, the same file. To be asked for once the answer is there; 0: the
    /// answer hands out none.
    /// </summary>
    internal long FileNumberOf(PoolName pool, PoolReply reply) => reply switch
    {
        Granted granted => _places.Of(pool)?.Files.Of(granted.License) ?? 0,
        Renewed renewed => _places.Of(pool)?.Files.Of(renewed.License) ?? 0,
        _ => 0,
    };

    /// <summary>Where nodes are exclusive: whether the node holds a claim in any pool. Elsewhere null: not known.</summary>
    public bool? HoldsAnywhere(Fingerprint node) => _exclusive?.Contains(node);

    /// <summary>Expires what is past its deadline now, without waiting for the next tick.</summary>
    public void Sweep()
    {
        // Taken together: a pool that asks again meanwhile waits for the next sweep, or a refusing store would keep us here.
        _shared.Sweeps.TakeDue(_shared.Clock.NowMs).ForEach(pool => pool.Actor?.Sweep());
    }

    /// <summary>Every open pool looks for claims past their deadline, whether or not one is known.</summary>
    internal void SweepAll()
    {
        foreach (var place in _places.All)
        {
            place.Actor?.Sweep();
        }
    }

    /// <summary>For each shard, how many pools are in it, and how many claims live in those that are open here. For display.</summary>
    internal (int[] Pools, long[] Claims) CountByShard()
    {
        var (pools, claims) = (new int[Shards.Count], new long[Shards.Count]);
        foreach (var place in _places.All)
        {
            pools[place.Shard]++;
            claims[place.Shard] += place.Actor is { IsClosed: false } actor ? actor.ClaimCount : 0;
        }

        return (pools, claims);
    }

    /// <summary>Time is accounted for up to now, before the lease is renewed.</summary>
    internal void LookAtClock() => _ = _shared.Clock.NowMs;

    /// <summary>What the store has forgotten, and what follows for seats.</summary>
    internal StoreLoss Loss => _shared.Loss;

    /// <summary>The store was seen to have gone back in time.</summary>
    public bool HasSeenLoss => _shared.Loss.IsSeen;

    /// <summary>Begins to open the pools of shards that were taken: their claims age from here. Tells once each is open or could not be opened.</summary>
    internal void Open(IReadOnlyList<HeldShard> taken, Action? opened = null)
    {
        var numbers = taken.Select(shard => shard.Number).ToHashSet();
        _actors.Track(OpenAsync([.. _places.All.Where(place => numbers.Contains(place.Shard))], opened));
    }

    private async Task OpenAsync(IReadOnlyCollection<PoolPlace> pools, Action? opened)
    {
        var began = _shared.Time.GetTimestamp();
        await _actors.OpenAsync(pools);
        opened?.Invoke();
        if (pools.Count > 0)
        {
            var took = _shared.Time.GetElapsedTime(began);
            _shared.Log.Opened(pools.Count, took);
        }
    }

    /// <summary><inheritdoc cref="PoolActors.Close" path="/summary"/></summary>
    internal void Close(IReadOnlyList<HeldShard> closed) => _actors.Close(closed);

    /// <summary><inheritdoc cref="PoolActors.DrainAsync" path="/summary"/></summary>
    internal Task DrainAsync(HeldShard shard, TimeSpan limit) => _actors.DrainAsync(shard, limit);

    /// <summary><inheritdoc cref="PoolActors.OpenAgain" path="/summary"/></summary>
    internal void OpenAgain() => _actors.OpenAgain();

    /// <inheritdoc/>
    public void Dispose()
    {
        _actors.Dispose();
        _policy.Dispose();
        _places.Dispose();
    }

    private void FollowFiles(PoolName pool, PoolEvent happened)
    {
        if (happened is LicenseAdded or LicenseChanged or LicenseRemoved or LicenseImported)
        {
            _places.Of(pool)?.Files.Follow(happened);
        }
        else if (happened is ClaimExpired)
        {
            _places.Of(pool)?.Counts.Culled();
        }
    }

    private async ValueTask<PoolReply> SendSettledAsync(PoolActor actor, PoolCommand command, Delivery delivery) =>
        await _releases.SendAsync(actor.Shard, actor.Name, command, () => actor.SendAsync(command, delivery));

    private async Task SettlePolicyAsync()
    {
        if (await SendAsync(PoolName.Global, new AskSummary(), default) is not PoolSummary summary)
        {
            throw new InvalidOperationException("The global pool cannot be opened; the log says why.");
        }

        var recorded = summary.ClusterPolicy ?? Policy.Default;
        var wanted = _shared.Options.ExplicitPolicy.Over(recorded);
        _shared.Change(rules => rules with { ClusterPolicy = wanted });
        if (wanted == recorded)
        {
            return;
        }

        var reply = await SendAsync(PoolName.Global, new SetClusterPolicy(wanted, Who.Member), default);
        if (reply is not Changed)
        {
            throw new InvalidOperationException($"The cluster's policy cannot be recorded: {reply}.");
        }
    }

    /// <summary>Lets every actor finish what waits for it, and ends. May be called again.</summary>
    public Task StopAsync() => _actors.StopAsync();
}

internal static partial class PoolHostLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "pools.opened: {count} pools of shards that were taken, in {took}")]
    public static partial void Opened(this ILogger log, int count, TimeSpan took);

    [LoggerMessage(Level = LogLevel.Warning, Message = "clock.stepped: the wall clock moved by {step} against the monotonic clock; claims are not affected")]
    public static partial void ClockStepped(this ILogger log, TimeSpan step);
}
