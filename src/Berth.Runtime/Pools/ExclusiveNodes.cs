using Berth.Pools;
using Berth.Runtime.Metrics;

namespace Berth.Runtime.Pools;

/// <summary>
/// Which pool each node may claim in, where a node may hold one seat in all. An entry lives while a claim is held or a
/// request for one is under way; what is held follows the durable events, never the answers.
/// </summary>
internal sealed class ExclusiveNodes
{
    /// <summary>Guards the entries; held for a few instructions.</summary>
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _nodes = new(StringComparer.Ordinal);

    /// <summary>Whether a node holds a claim or is about to.</summary>
    public bool Contains(Fingerprint node)
    {
        lock (_gate)
        {
            return _nodes.ContainsKey(node.Value);
        }
    }

    /// <summary>A request of the node for this pool begins. False: another pool has the node.</summary>
    public bool TryEnter(Fingerprint node, PoolName pool)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(node.Value, out var entry))
            {
                _nodes.Add(node.Value, entry = new Entry(pool));
            }

            if (entry.Pool != pool)
            {
                return false;
            }

            entry.Requests++;
            return true;
        }
    }

    /// <summary>A request that entered has been answered.</summary>
    public void Leave(Fingerprint node)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(node.Value, out var entry))
            {
                entry.Requests--;
                DropIfIdle_NeedsLock(node, entry);
            }
        }
    }

    /// <summary>Follows a durable event.</summary>
    public void Follow(PoolName pool, PoolEvent happened)
    {
        var (node, held) = happened switch
        {
            SeatGranted granted => (granted.Node, true),
            ClaimImported imported => (imported.Node, true),
            SeatReleased released => (released.Node, false),
            SeatTaken taken => (taken.Node, false),
            ClaimExpired expired => (expired.Node, false),
            _ => (default, false),
        };
        if (node.Value is not null)
        {
            Set(pool, node, held);
        }
    }

    /// <summary>Follows the opening of a pool: these nodes hold claims in it, and no others.</summary>
    public void Follow(PoolName pool, IReadOnlyCollection<Claim> claims)
    {
        lock (_gate)
        {
            // Nobody may find a node free in between, so what is held is entered first and what is not leaves after.
            var held = claims.Select(claim => claim.Node.Value).ToHashSet(StringComparer.Ordinal);
            foreach (var node in held)
            {
                Set(pool, new Fingerprint(node), held: true);
            }

            foreach (var (node, entry) in _nodes.Where(pair => pair.Value.Pool == pool && !held.Contains(pair.Key)).ToList())
            {
                entry.Held = false;
                DropIfIdle_NeedsLock(new Fingerprint(node), entry);
            }
        }
    }

    /// <summary>The event may have become durable. A node that may hold a claim counts as holding it until the pool is open again.</summary>
    public void Suspect(PoolName pool, PoolEvent happened)
    {
        if (happened is SeatGranted granted)
        {
            Set(pool, granted.Node, held: true);
        }
        else if (happened is ClaimImported imported)
        {
            Set(pool, imported.Node, held: true);
        }
    }

    private void Set(PoolName pool, Fingerprint node, bool held)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(node.Value, out var entry))
            {
                _nodes.Add(node.Value, entry = new Entry(pool));
            }

            // Claims from a time without this rule may hold seats in several pools; the first pool that opens has the node.
            if (entry.Pool == pool)
            {
                entry.Held = held;
                DropIfIdle_NeedsLock(node, entry);
            }
        }
    }

    private void DropIfIdle_NeedsLock(Fingerprint node, Entry entry)
    {
        if (entry is { Requests: 0, Held: false })
        {
            _nodes.Remove(node.Value);
        }
    }

    private sealed class Entry(PoolName pool)
    {
        public PoolName Pool { get; } = pool;

        public int Requests { get; set; }

        public bool Held { get; set; }
    }

    /// <summary>Brings a claim to its pool unless the node holds a seat elsewhere.</summary>
    public async ValueTask<PoolReply> SendAsync(PoolActor actor, ClaimSeat claim, Delivery delivery, DenialLog? denials, PoolCounts counts)
    {
        if (!TryEnter(claim.Node, actor.Name))
        {
            // Relay tests for a free seat before it sees the conflict.
            var free = await actor.SendAsync(new AskFreeSeat(), delivery);
            var reply = free is SeatIsFree ? HeldElsewhere.Instance : free;
            denials?.Note(actor.Name, claim.Node, reply);
            return counts.Noted(claim, reply);
        }

        try
        {
            return await actor.SendAsync(claim, delivery);
        }
        finally
        {
            Leave(claim.Node);
        }
    }

    /// <summary>Every holder enters before the pool is asked, so that none is granted a seat elsewhere meanwhile.</summary>
    public async ValueTask<PoolReply> SendAsync(PoolActor actor, ImportLicenses import, Delivery delivery)
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

                if (!TryEnter(node, actor.Name))
                {
                    return AlreadyHeld.Instance;
                }

                entered.Add(node);
            }

            return await actor.SendAsync(import, delivery);
        }
        finally
        {
            entered.ForEach(Leave);
        }
    }
}
