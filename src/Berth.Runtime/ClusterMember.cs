using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Metrics;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;
using Berth.Runtime.Routing;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime;

/// <summary>What a member of a cluster is made of.</summary>
/// <param name="Card">What it says of itself.</param>
/// <param name="Journal">Where the pools' events are kept, by all members.</param>
/// <param name="Table">Who is a member and owns what.</param>
/// <param name="Wire">Reaches the other members.</param>
/// <param name="Time">The clock.</param>
/// <param name="Log">Where it writes what an operator should know.</param>
public sealed record ClusterMemberParts(
    MemberCard Card, IJournal Journal, IMembershipTable Table, HttpMessageInvoker Wire, TimeProvider Time, ILogger Log)
{
    /// <summary>How it runs its pools. The explicit policy is that of <see cref="Card"/>.</summary>
    public PoolHostOptions Pools { get; init; } = new();

    /// <summary>How it keeps its lease and watches the others.</summary>
    public OwnershipOptions Ownership { get; init; } = new();

    /// <summary>How it looks for owners.</summary>
    public RoutingOptions Routing { get; init; } = new();

    /// <summary>The build that runs, for operators.</summary>
    public string Version { get; init; } = "0";
}

/// <summary>One member of a cluster, without its ports: the pools it owns, its part in owning them, and the way to the others.</summary>
public sealed class ClusterMember : IDisposable
{
    /// <summary>Where a member takes what others send.</summary>
    public const string HopPath = HopSender.Path;

    /// <summary>The longest request of another member, in bytes.</summary>
    public const int MaxHopBytes = HopFormat.MaxRequestBytes;

    /// <summary>The longest answer, in bytes.</summary>
    public const int MaxHopAnswerBytes = HopFormat.MaxResponseBytes;

    private static readonly TimeSpan _askForPolicyEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _followEvery = TimeSpan.FromSeconds(5);

    private readonly ClusterMemberParts _parts;
    private readonly LocalPools _local;
    private readonly HopInbox _inbox;
    private volatile bool _leaving;

    /// <summary>Puts the parts together. Nothing runs yet.</summary>
    public ClusterMember(ClusterMemberParts parts)
    {
        _parts = parts;
        Lease = new HeldLease(parts.Time, parts.Card.Lease);
        var shards = new HeldShards(parts.Time);
        Events = new ClusterEventRing(parts.Time);
        var signals = new OwnershipSignals(FollowView);
        Pools = new PoolHost(
            parts.Journal, shards, Lease, parts.Pools, new PoolHostParts(parts.Time, parts.Log, (pool, command) => Router!.SendAsync(pool, command, default)));
        Pools.FeatureLevel = 0; // until a renewal says more
        _local = new LocalPools(Pools, shards, Lease, parts.Card.Name);
        var hops = new HopSender(parts.Wire, () => Ownership!.Self, parts.Time, parts.Routing, parts.Log);
        Ownership = new OwnershipLoop(
            new MemberParts(parts.Table, parts.Card, Pools, shards, Lease, parts.Time, parts.Ownership, parts.Log) { Measures = Measures },
            signals,
            hops.TellToLookAsync);
        Router = new ClaimRouter(Pools, new ClusterRoute(_local, signals, hops, parts.Time, parts.Routing, parts.Card.Lease) { Measures = Measures });
        Calls = new MemberCalls(parts, Pools, Lease, Ownership, hops)
        {
            Stage = () => _leaving ? MemberStage.Leaving : IsReady ? MemberStage.Up : MemberStage.Joining,
        };
        _inbox = new HopInbox(_local, () => Ownership.Self, Ownership.LookAsync, parts.Time, Calls);
    }

    /// <summary>The pools of the shards held here.</summary>
    public PoolHost Pools { get; }

    /// <summary>Who is a member, and who owns which shard.</summary>
    public IMembershipTable Table => _parts.Table;

    /// <summary>Its part in the cluster.</summary>
    public OwnershipLoop Ownership { get; }

    /// <summary>Brings commands to their owners.</summary>
    public ClaimRouter Router { get; }

    /// <summary>What it counts.</summary>
    public ClusterMeasures Measures { get; } = new();

    /// <summary>What it saw happen in the cluster.</summary>
    public ClusterEventRing Events { get; }

    /// <summary>What operators ask of members.</summary>
    public MemberCalls Calls { get; }

    /// <summary>Its right to answer.</summary>
    public HeldLease Lease { get; }

    /// <summary>It has a lease and knows the cluster's policy: what is sent to it can be answered, here or elsewhere.</summary>
    public bool IsReady => _local.KnowsPolicy && Lease.MayAnswer;

    /// <summary>It owns the global pool: what one member does for all is its part.</summary>
    public bool OwnsGlobalPool => Lease.MayAnswer && _local.Holds(Shards.Of(PoolName.Global));

    /// <summary>
    /// Is a member until <paramref name="stop"/>; then hands on what it has, and ends. Throws <see cref="JoinRefusedException"/> when it
    /// does not fit the cluster.
    /// </summary>
    /// <param name="stop">It is to leave.</param>
    /// <param name="handedOn">
    /// Asked once everything was handed on: until it completes this is still a member, so that what comes in is sent on to the others. Null: nothing comes in.
    /// </param>
    public async Task RunAsync(CancellationToken stop, Func<Task>? handedOn = null)
    {
        using var ended = new CancellationTokenSource();
        var pools = Pools.RunAsync(ended.Token);
        var following = FollowAsync(ended.Token);
        using var leaving = stop.Register(BeginLeaving);
        try
        {
            await Ownership.RunAsync(stop, handedOn);
        }
        catch (Exception failure) when (failure is not JoinRefusedException)
        {
            // Said now: what follows waits for the pools, and they for a store that may say nothing.
            _parts.Log.Failed(failure, failure.Message);
            throw;
        }
        finally
        {
            ended.Cancel();
            Events.Close();
            await Pools.StopAsync();
            await following;
            await pools;
        }
    }

    /// <summary>Answers what another member sent. <see cref="InvalidDataException"/>: these bytes are no request.</summary>
    public ValueTask<ReadOnlyMemory<byte>> HandleHopAsync(ReadOnlyMemory<byte> body, CancellationToken callerGone) =>
        _inbox.HandleAsync(body, callerGone);

    /// <inheritdoc/>
    public void Dispose() => Pools.Dispose();

    private void BeginLeaving()
    {
        _leaving = true;
        Events.Add(new ClusterEvent(ClusterEventKinds.MemberLeaving, _parts.Card.Name)
        {
            Address = _parts.Card.Address,
            Incarnation = Ownership.Self.Value,
            Shards = Ownership.ShardsHeld,
        });
    }

    private void FollowView(ClusterView before, ClusterView after)
    {
        foreach (var happened in ClusterChanges.Between(before, after))
        {
            Events.Add(happened);
        }
    }

    /// <summary>Keeps up with what other members do: the policy of the cluster, and the pools they make.</summary>
    private async Task FollowAsync(CancellationToken ended)
    {
        Policy? known = null;
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await Pools.ReadNamesAsync();
                if (await Pools.FollowPolicyAsync())
                {
                    known = FollowPolicy(known);
                    await InsistAsync();
                    await Pools.OpenFoundAsync();
                }
            }
            catch (Exception failure)
            {
                _parts.Log.NotFollowed(failure, FailureReason.Of(failure));
            }

            await Waiting.ForAsync(_local.KnowsPolicy ? _followEvery : _askForPolicyEvery, _parts.Time, ended);
        }
    }

    private Policy FollowPolicy(Policy? known)
    {
        var policy = Pools.Rules.ClusterPolicy;
        if (known is not null && known != policy)
        {
            Events.Add(new ClusterEvent(ClusterEventKinds.PolicyChanged, null)
            {
                Detail = FormattableString.Invariant($"ttl {policy.TtlMs / 1000.0:0.###} s, {policy.Strategy.ToString().ToLowerInvariant()}, heartbeats {(policy.Heartbeats ? "on" : "off")}"),
            });
        }

        return policy;
    }

    /// <summary>The policy that this start asks for is recorded, once, before pools are answered for.</summary>
    private async Task InsistAsync()
    {
        if (_local.KnowsPolicy)
        {
            return;
        }

        var wanted = _parts.Card.ExplicitPolicy;
        _local.KnowsPolicy = wanted.Over(Pools.Rules.ClusterPolicy) == Pools.Rules.ClusterPolicy
            || await Pools.ChangePolicyAsync(wanted, Who.Member) is Changed;
    }
}

internal static partial class ClusterMemberLog
{
    [LoggerMessage(Level = LogLevel.Critical, Message = "member.failed: its part in the cluster has ended by a fault, and the process ends: {reason}")]
    public static partial void Failed(this ILogger log, Exception failure, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster.policy: the policy or the list of pools could not be read: {reason}")]
    public static partial void NotFollowed(this ILogger log, Exception failure, string reason);
}
