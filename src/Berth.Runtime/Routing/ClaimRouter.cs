using Berth.Pools;
using Berth.Runtime.Pools;

namespace Berth.Runtime.Routing;

/// <summary>
/// Brings a command to the member that answers for its pool. The store under a single member has no other members, so
/// the way is always the short one; a hop to another owner begins here.
/// </summary>
public sealed class ClaimRouter(PoolHost host)
{
    /// <summary>Answers with what the pool's owner decides.</summary>
    public ValueTask<PoolReply> SendAsync(PoolName pool, PoolCommand command, in Delivery delivery) =>
        host.SendAsync(pool, command, delivery);

    /// <summary>Whether a pool has this name.</summary>
    public bool Has(PoolName pool) => host.Has(pool);

    /// <summary>Where nodes are exclusive: whether the node holds a claim in any pool. Elsewhere null: not known.</summary>
    public bool? HoldsAnywhere(Fingerprint node) => host.HoldsAnywhere(node);
}
