using Berth.Pools;
using Berth.Runtime.Routing;
using Berth.Simulation.Cluster;

namespace Berth.Simulation.Model;

/// <summary>
/// What nodes believe by what they were told: a promise lasts its ttl from the moment the request was sent, and no later answer makes it
/// shorter, because that one may be lost. What a node gave back, or may have, it does not believe; nor what an operator took or moved.
/// </summary>
internal sealed class Beliefs(Standstill standstill, TimeSpan lease)
{
    /// <summary>So long after it came to an edge a release may still be decided.</summary>
    private readonly TimeSpan _releaseLimit = new RoutingOptions().DecideLimitOf(lease) + TimeSpan.FromSeconds(1);

    private readonly Dictionary<(string Pool, string Node), BelievingNode> _nodes = [];
    private readonly Dictionary<(string Pool, string License), List<Belief>> _byLicense = [];
    private long _newest;

    /// <summary>Told of an answer before it counts.</summary>
    public Action<NodeRequest, RoutedAnswer>? Answering { get; set; }

    /// <summary>The node, if it ever asked for anything.</summary>
    public BelievingNode? NodeOf(PoolName pool, string fingerprint) => _nodes.GetValueOrDefault((pool.Value, fingerprint));

    /// <summary>Those who believe now that they hold a seat of the license.</summary>
    public IReadOnlyList<Belief> HoldersOf(PoolName pool, string license, TimeSpan now)
    {
        if (!_byLicense.TryGetValue((pool.Value, license), out var all))
        {
            return [];
        }

        all.RemoveAll(belief => belief.IsOver(now) && belief.Node.Beliefs.Remove(belief));
        return all;
    }

    public void Sent(NodeRequest request, TimeSpan now)
    {
        _newest = Math.Max(_newest, request.Number);
        switch (request.Command)
        {
            case ReleaseSeat release:
                var node = Make(request.Pool, release.Node);
                node.VoidUntil(request.Number);
                node.Open(request);
                break;
            case ClaimSeat claim when Make(request.Pool, claim.Node) is var asking && asking.MayStillRelease(now, Awake(now)):
                asking.VoidUntil(request.Number);
                break;
            default:
                break;
        }
    }

    public void Arrived(NodeRequest request, TimeSpan now)
    {
        if (request.Command is ReleaseSeat release)
        {
            var node = Make(request.Pool, release.Node);
            node.Open(request).Arrives(Awake(now));
            node.VoidUntil(_newest);
        }
    }

    public void Answered(NodeRequest request, RoutedAnswer answer, TimeSpan now)
    {
        Answering?.Invoke(request, answer);
        switch (request.Command, answer.Reply)
        {
            case (ReleaseSeat, Unknown):
                break;
            case (ReleaseSeat release, _):
                var node = Make(request.Pool, release.Node);
                node.VoidUntil(_newest);
                node.Close(request.Number);
                break;
            case (ClaimSeat claim, Granted granted):
                Promise(request, claim.Node, granted.License, granted.TtlMs, granted.Number, answer.Epoch, now);
                break;
            case (ClaimSeat claim, Renewed renewed):
                Promise(request, claim.Node, renewed.License, renewed.TtlMs, null, answer.Epoch, now);
                break;
            default:
                break;
        }
    }

    /// <summary>An operator took the seat, or took its license away so that the node was moved: what was asked before counts no more.</summary>
    public void Happened(PoolName pool, PoolEvent happened)
    {
        switch (happened)
        {
            case SeatTaken taken: Make(pool, taken.Node).VoidUntil(_newest); break;
            case SeatReleased { Cause: ReleaseCause.Moved } moved: Make(pool, moved.Node).VoidUntil(_newest, moved.License.Value); break;
            default: break;
        }
    }

    /// <summary>The store has forgotten what it had confirmed: nothing that was asked before counts.</summary>
    public void VoidAll()
    {
        foreach (var node in _nodes.Values)
        {
            node.VoidUntil(_newest);
        }
    }

    private TimeSpan Awake(TimeSpan now) => now - standstill.Lost(now);

    private void Promise(NodeRequest request, Fingerprint fingerprint, LicenseId license, long ttlMs, long? grant, Epoch epoch, TimeSpan now)
    {
        var until = request.SentAt + TimeSpan.FromMilliseconds(ttlMs);
        var node = Make(request.Pool, fingerprint);
        if (until <= now || node.IsVoid(request.Number, license.Value))
        {
            return;
        }

        var belief = node.BeliefIn(license.Value);
        if (belief is null)
        {
            belief = new Belief(node, license.Value);
            node.Beliefs.Add(belief);
            var key = (request.Pool.Value, license.Value);
            if (!_byLicense.TryGetValue(key, out var all))
            {
                _byLicense.Add(key, all = []);
            }

            all.Add(belief);
        }

        belief.Add(new Promise(request.Number, until), grant, epoch, now);
    }

    private BelievingNode Make(PoolName pool, Fingerprint fingerprint)
    {
        var key = (pool.Value, fingerprint.Value);
        if (!_nodes.TryGetValue(key, out var node))
        {
            _nodes.Add(key, node = new BelievingNode(pool.Value, fingerprint.Value, _releaseLimit));
        }

        return node;
    }
}
