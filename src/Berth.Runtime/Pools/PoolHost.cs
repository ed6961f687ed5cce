using System.Collections.Concurrent;
using Berth.Pools;
using Berth.Runtime.Journal;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Pools;

/// <summary>The pools that this member answers for: finds the actor of a pool, starts it, and gives all of them their ticks.</summary>
public sealed class PoolHost : IDisposable
{
    private const int OpenedTogether = 8;
    private const int NamesPerPage = 1_000;

    private readonly PoolEnvironment _shared;
    private readonly Epoch _epoch;
    private readonly ExclusiveNodes? _exclusive;
    private readonly ConcurrentDictionary<string, PoolActor?> _pools = new(StringComparer.Ordinal);

    /// <summary>Guards <see cref="_running"/> and the start of an actor.</summary>
    private readonly Lock _gate = new();
    private readonly List<Task> _running = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly PolicyChange _policy;
    private Action<PoolName, PoolEvent>? _listener;

    /// <summary>Pools of one member, over a journal that is open under <paramref name="epoch"/>.</summary>
    public PoolHost(IJournal journal, Epoch epoch, TimeProvider time, PoolHostOptions options, ILogger log)
    {
        _epoch = epoch;
        _shared = new PoolEnvironment(journal, time, options, log);
        _policy = new PolicyChange(this, _shared);
        if (options.ExclusiveNodes)
        {
            _exclusive = new ExclusiveNodes();
            _shared.OnDurable = _exclusive.Follow;
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
            _shared.OnDurable = _exclusive is null ? value : (Action<PoolName, PoolEvent>)_exclusive.Follow + value;
        }
    }

    /// <summary>No pool was lost to another owner or to a bug since the start.</summary>
    public bool ServesAll => !_shared.LostPool;

    /// <summary>What the rules are told now.</summary>
    public PoolRules Rules => _shared.Rules;

    /// <summary>Gives seats from the next decision on, or no more.</summary>
    public void LetGrant(bool grants) => _shared.Change(rules => rules with { Grants = grants });

    /// <summary>The names of all pools, in ordinal order.</summary>
    public IReadOnlyList<PoolName> Names => [.. _pools.Keys.Order(StringComparer.Ordinal).Select(name => new PoolName(name))];

    /// <summary>The names from one on, in ordinal order; from the empty text: all.</summary>
    public IEnumerable<PoolName> NamesFrom(string first) => Names.SkipWhile(name => string.CompareOrdinal(name.Value, first) < 0);

    /// <summary>
    /// Reads which pools there are, settles the cluster's policy and begins to open every pool, because deadlines of live
    /// claims run. Where nodes are exclusive it returns only once all are open. Throws when the store cannot be used.
    /// </summary>
    public async Task StartAsync()
    {
        await _shared.Journal.CreatePoolAsync(PoolName.Global);
        PoolName? after = null;
        while (true)
        {
            var page = await _shared.Journal.ListPoolsAsync(after, NamesPerPage);
            foreach (var name in page)
            {
                _pools.TryAdd(name.Value, null);
            }

            if (page.Count < NamesPerPage)
            {
                break;
            }

            after = page[^1];
        }

        await SettlePolicyAsync();
        var opening = OpenAllAsync();
        if (_exclusive is not null)
        {
            await opening;
            if (_pools.Values.FirstOrDefault(actor => actor?.OpenFailure is not null) is { } failed)
            {
                throw new InvalidOperationException($"pool {failed.Name} cannot be opened: {failed.OpenFailure}");
            }
        }
        else
        {
            Track(opening);
        }
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

    /// <summary>Sends a command to a pool's actor. A name that no pool has is answered without asking the store.</summary>
    public ValueTask<PoolReply> SendAsync(PoolName pool, PoolCommand command, in Delivery delivery) =>
        ActorOf(pool) is not { } actor ? new(NoSuchPool.Instance)
        : _exclusive is not null && command is ClaimSeat claim ? SendExclusiveAsync(actor, claim, delivery)
        : _exclusive is not null && command is ImportLicenses import ? ImportExclusiveAsync(actor, import, delivery)
        : actor.SendAsync(command, delivery);

    /// <summary>Makes a pool unless it is there.</summary>
    public async ValueTask CreatePoolAsync(PoolName pool)
    {
        if (!_pools.ContainsKey(pool.Value))
        {
            await _shared.Journal.CreatePoolAsync(pool);
            _pools.TryAdd(pool.Value, null);
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
            Track(_policy.FindOutAsync(_stop.Token));
        }

        return reply;
    }

    /// <summary>Whether a pool has this name.</summary>
    public bool Has(PoolName pool) => _pools.ContainsKey(pool.Value);

    /// <summary>Under what the pool was last opened here; null: it is not. The store says whether that still counts.</summary>
    internal (Epoch Epoch, Opening Opening)? OwnershipOf(PoolName pool) =>
        _pools.TryGetValue(pool.Value, out var actor) && actor is { IsClosed: false, Opened.IsCompleted: true } ? (_epoch, actor.Opening) : null;

    /// <summary>Where nodes are exclusive: whether the node holds a claim in any pool. Elsewhere null: not known.</summary>
    public bool? HoldsAnywhere(Fingerprint node) => _exclusive?.Contains(node);

    /// <summary>Expires what is past its deadline now, without waiting for the next tick.</summary>
    public void Sweep()
    {
        // Taken together: a pool that asks again meanwhile waits for the next sweep, or a refusing store would keep us here.
        _shared.Sweeps.TakeDue(_shared.Clock.NowMs).ForEach(pool => pool.Sweep());
    }

    /// <summary>Every open pool looks for claims past their deadline, whether or not one is known.</summary>
    internal void SweepAll()
    {
        foreach (var actor in _pools.Values)
        {
            actor?.Sweep();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _policy.Dispose();
    }

    private async ValueTask<PoolReply> SendExclusiveAsync(PoolActor actor, ClaimSeat claim, Delivery delivery)
    {
        if (!_exclusive!.TryEnter(claim.Node, actor.Name))
        {
            // Relay tests for a free seat before it sees the conflict.
            var free = await actor.SendAsync(new AskFreeSeat(), delivery);
            var reply = free is SeatIsFree ? HeldElsewhere.Instance : free;
            _shared.Denials?.Note(actor.Name, claim.Node, reply);
            return reply;
        }

        try
        {
            return await actor.SendAsync(claim, delivery);
        }
        finally
        {
            _exclusive.Leave(claim.Node);
        }
    }

    /// <summary>Every holder enters before the pool is asked, so that none is granted a seat elsewhere meanwhile.</summary>
    private async ValueTask<PoolReply> ImportExclusiveAsync(PoolActor actor, ImportLicenses import, Delivery delivery)
    {
        var entered = new List<Fingerprint>();
        try
        {
            foreach (var license in import.Licenses)
            {
                if (license.Holder is not { } node)
                {
                    continue;
                }

                if (!_exclusive!.TryEnter(node, actor.Name))
                {
                    return AlreadyHeld.Instance;
                }

                entered.Add(node);
            }

            return await actor.SendAsync(import, delivery);
        }
        finally
        {
            entered.ForEach(_exclusive!.Leave);
        }
    }

    private PoolActor? ActorOf(PoolName pool) =>
        !_pools.TryGetValue(pool.Value, out var actor) ? null : actor ?? Start(pool);

    private PoolActor Start(PoolName pool)
    {
        lock (_gate)
        {
            if (_pools[pool.Value] is { } there)
            {
                return there;
            }

            var actor = new PoolActor(pool, _epoch, _shared);
            if (_stop.IsCancellationRequested)
            {
                actor.Stop();
            }

            _running.Add(actor.RunAsync(_stop.Token));
            _pools[pool.Value] = actor;
            return actor;
        }
    }

    private async Task OpenAllAsync()
    {
        foreach (var names in Names.Chunk(OpenedTogether))
        {
            // One after the other: what completes with asynchronous continuations would complete a WhenAll on the thread pool.
            foreach (var actor in names.Select(name => ActorOf(name)!).ToList())
            {
                await actor.Opened;
            }
        }
    }

    private void Track(Task task)
    {
        lock (_gate)
        {
            _running.RemoveAll(ended => ended.IsCompletedSuccessfully);
            _running.Add(task);
        }
    }

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
    public async Task StopAsync()
    {
        Task[] running;
        lock (_gate)
        {
            _stop.Cancel();
            foreach (var actor in _pools.Values)
            {
                actor?.Stop();
            }

            running = [.. _running];
        }

        await Task.WhenAll(running);
    }
}

internal static partial class PoolHostLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "clock.stepped: the wall clock moved by {step} against the monotonic clock; claims are not affected")]
    public static partial void ClockStepped(this ILogger log, TimeSpan step);
}
