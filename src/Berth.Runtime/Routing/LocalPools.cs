using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;

namespace Berth.Runtime.Routing;

/// <summary>
/// The pools of this member as one of many: without a lease, or before the cluster's policy is known, nothing is even decided, so
/// that whoever asked may ask again.
/// </summary>
internal sealed class LocalPools(PoolHost host, HeldShards shards, HeldLease lease, string member)
{
    /// <summary>Nobody answered, and nothing happened.</summary>
    public static readonly RoutedReply Nobody = new(NotOwner.Instance, null, default);

    private volatile bool _knowsPolicy;

    /// <summary>
    /// The cluster's policy is known. Until then only what is about the policy is answered.
    /// </summary>
    public bool KnowsPolicy
    {
        get => _knowsPolicy;
        set => _knowsPolicy = value;
    }

    /// <summary>The shard of a pool: kept where the pool is known, because a name takes a hash.</summary>
    public int ShardOf(PoolName pool) => host.ShardOf(pool);

    /// <summary>Whether the shard is this member's.</summary>
    public bool Holds(int shard) => shards.At(shard) is not null;

    /// <summary>Decides here, or says that it cannot: a pool is looked for in the store before it is called unknown.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="command">The command.</param>
    /// <param name="delivery">How it is decided at once.</param>
    /// <param name="held">How it is decided after it was held for the list of pools: in its time.</param>
    public async ValueTask<RoutedReply> SendAsync(PoolName pool, PoolCommand command, Delivery delivery, Delivery held)
    {
        if (shards.At(ShardOf(pool)) is not { } shard || !lease.MayAnswer || !(_knowsPolicy || command is AskSummary or SetClusterPolicy))
        {
            return Nobody;
        }

        var reply = await host.SendAsync(pool, command, delivery);
        reply = reply is NoSuchPool ? await SendFoundAsync(pool, command, held) : reply;
        return new RoutedReply(reply, member, shard.Epoch) { File = new FileMark(default, host.FileNumberOf(pool, reply)) };
    }

    /// <summary>A name that is not known here may be that of a pool that another member has made since.</summary>
    private async ValueTask<PoolReply> SendFoundAsync(PoolName pool, PoolCommand command, Delivery delivery)
    {
        string? unread = null;
        try
        {
            await host.FindsAsync(pool);
        }
        catch (Exception failure)
        {
            unread = failure.Message;
        }

        // While this list could not be read another one may have told.
        return host.Has(pool) ? await host.SendAsync(pool, command, delivery)
            : unread is null ? NoSuchPool.Instance
            : new NotWritten($"whether there is a pool {pool} cannot be read: {unread}");
    }
}
