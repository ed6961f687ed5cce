using Berth.Pools;
using Berth.Runtime.Pools;
using Berth.Runtime.Routing;

namespace Berth.Server.Http;

/// <summary>
/// Several pools in one <c>Relay-Pool</c> header, comma-separated and tried in order. Only where no pool has the whole text as its
/// name, so that naming one pool costs nothing more.
/// </summary>
internal sealed class PoolLists(ClaimRouter router)
{
    private const int Most = 16;

    /// <summary>The pools that a text names, or null: it is no list, names too many, or one of them does not exist.</summary>
    public PoolName[]? Parse(PoolName text)
    {
        if (!text.Value.Contains(','))
        {
            return null;
        }

        var names = text.Value.Split(',', Most + 1, StringSplitOptions.TrimEntries);
        var pools = names.Select(name => new PoolName(name)).ToArray();
        return names.Length <= Most && Array.TrueForAll(pools, pool => !pool.IsGlobal && router.Has(pool)) ? pools : null;
    }

    /// <summary>
    /// The same, once names that are not known here were looked for in the store: another member may have made their pools just now. Not a list either: a pool has
    /// the whole text as its name. Throws when the store cannot be read.
    /// </summary>
    public async ValueTask<PoolName[]?> FindAsync(PoolName text)
    {
        // One reading of the list of pools finds all of them.
        return !text.Value.Contains(',') ? null : Parse(text) ?? (await router.FindsAsync(text) ? null : Parse(text));
    }

    /// <summary>
    /// Renews where the node holds a seat; else claims in the first pool that has one. Only <see cref="NotHeld"/> and
    /// <see cref="NoSeatFree"/> lead on; anything else is the answer.
    /// </summary>
    public async Task<(PoolName Pool, RoutedReply Answer)> ClaimAsync(PoolName[] pools, ClaimSeat claim, CancellationToken gone)
    {
        var delivery = new Delivery(0, gone);
        var left = new List<PoolName>(pools.Length);
        foreach (var pool in pools)
        {
            var held = await router.AskAsync(pool, new AskClaim(claim.Node), delivery);
            if (held.Reply is NotHeld)
            {
                left.Add(pool);
                continue;
            }

            // A seat that is held but not to be renewed, because its license was taken out, is no seat either.
            var answer = held.Reply is AlreadyHeld ? await router.AskAsync(pool, claim, delivery) : held;
            if (answer.Reply is not NoSeatFree)
            {
                return (pool, answer);
            }
        }

        var last = new RoutedReply(new NoSeatFree(DenialReason.AllHeld), null, default);
        foreach (var pool in left)
        {
            last = await router.AskAsync(pool, claim, delivery);
            if (last.Reply is not NoSeatFree)
            {
                return (pool, last);
            }
        }

        return (pools[^1], last);
    }

    /// <summary>Releases the seat in the first pool where the node holds one.</summary>
    public async Task<PoolReply> ReleaseAsync(PoolName[] pools, ReleaseSeat release)
    {
        foreach (var pool in pools)
        {
            if (await router.SendAsync(pool, release, default) is var reply and not NotHeld)
            {
                return reply;
            }
        }

        return NotHeld.Instance;
    }
}
