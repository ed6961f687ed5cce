namespace Berth.Pools;

/// <summary>Which free seat a claim takes.</summary>
public enum Strategy
{
    /// <summary>The license imported first.</summary>
    Fifo = 0,

    /// <summary>The license imported last: the exact reverse of <see cref="Fifo"/>.</summary>
    Lifo = 1,

    /// <summary>Any free seat, each with the same chance.</summary>
    Rand = 2,
}

/// <summary>How a pool treats its claims.</summary>
/// <param name="Ttl">How long a node may stay silent: 30 s or more, in whole milliseconds.</param>
/// <param name="Strategy">Which free seat a claim takes.</param>
/// <param name="Heartbeats">Whether claims lapse without renewals. Off: a claim is held until it is released.</param>
public sealed record Policy(TimeSpan Ttl, Strategy Strategy, bool Heartbeats)
{
    /// <summary>The shortest ttl that may be set.</summary>
    public static readonly TimeSpan MinTtl = TimeSpan.FromSeconds(30);

    /// <summary>The longest ttl that may be set.</summary>
    public static readonly TimeSpan MaxTtl = TimeSpan.FromDays(366);

    /// <summary>60 s, fifo, heartbeats on.</summary>
    public static readonly Policy Default = new(TimeSpan.FromSeconds(60), Strategy.Fifo, Heartbeats: true);

    /// <summary>The ttl in whole milliseconds.</summary>
    public long TtlMs => (long)Ttl.TotalMilliseconds;
}

/// <summary>What a pool does otherwise than the cluster's policy; null keeps the cluster's value.</summary>
public sealed record PolicyException(TimeSpan? Ttl, Strategy? Strategy, bool? Heartbeats)
{
    /// <summary>No exception.</summary>
    public static readonly PolicyException None = new(null, null, null);

    /// <summary>The policy that results over <paramref name="policy"/>.</summary>
    public Policy Over(Policy policy) => this == None
        ? policy
        : new Policy(Ttl ?? policy.Ttl, Strategy ?? policy.Strategy, Heartbeats ?? policy.Heartbeats);
}

/// <summary>What a member tells the rules of all its pools. Immutable; a change is a new instance.</summary>
/// <param name="ClusterPolicy">The policy of every pool without an exception.</param>
/// <param name="EnforceExpiry">Whether the picker skips licenses past their expiry.</param>
/// <param name="IgnoreExceptions">Whether pools follow the cluster's policy whatever their exceptions say.</param>
public sealed record PoolRules(Policy ClusterPolicy, bool EnforceExpiry, bool IgnoreExceptions)
{
    /// <summary>Whether seats are given. Off in a restored copy that nobody has confirmed: what is held is renewed and released.</summary>
    public bool Grants { get; init; } = true;

    /// <summary>The default policy, expiry enforced.</summary>
    public static readonly PoolRules Default = new(Policy.Default, EnforceExpiry: true, IgnoreExceptions: false);
}

/// <summary>What a decision is told besides its command. The rules read no clock and roll no dice.</summary>
/// <param name="NowMs">The shard's service clock, in milliseconds. It stops while renewals could not be accepted.</param>
/// <param name="WallMs">Unix time in milliseconds; for display, records and license expiry only.</param>
/// <param name="Random">64 random bits for the strategy <see cref="Strategy.Rand"/>.</param>
/// <param name="Rules">What the member was told.</param>
public readonly record struct Moment(long NowMs, long WallMs, ulong Random, PoolRules Rules);
