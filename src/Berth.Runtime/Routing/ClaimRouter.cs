using Berth.Pools;
using Berth.Runtime.Pools;
using Berth.Runtime.Tracing;

namespace Berth.Runtime.Routing;

/// <summary>
/// Brings a command to the member that answers for its pool: here, or by one hop. Under a store that cannot be shared
/// there are no other members, and the way is always the short one.
/// </summary>
public sealed class ClaimRouter
{
    private readonly PoolHost _host;
    private readonly ClusterRoute? _cluster;

    /// <summary>The router of the only member.</summary>
    public ClaimRouter(PoolHost host) => _host = host;

    internal ClaimRouter(PoolHost host, ClusterRoute cluster)
    {
        _host = host;
        _cluster = cluster;
    }

    /// <summary>There are no other members: every command is decided here, and every pool is known here.</summary>
    public bool IsAlone => _cluster is null;

    /// <summary>Answers with what the pool's owner decides; <see cref="NotOwner"/>: there is none for now, and nothing happened.</summary>
    public ValueTask<PoolReply> SendAsync(PoolName pool, PoolCommand command, in Delivery delivery) =>
        _cluster is not null ? SendRoutedAsync(_cluster, pool, command, delivery)
        : Traces.Current is null ? _host.SendAsync(pool, command, delivery)
        : SendTracedAsync(pool, command, delivery);

    /// <summary>The same, with who answered under which ownership.</summary>
    public async ValueTask<RoutedReply> AskAsync(PoolName pool, PoolCommand command, Delivery delivery)
    {
        if (_cluster is not null)
        {
            var routed = await _cluster.SendAsync(pool, command, delivery);
            Traces.Note(pool, routed.Member, routed.Reply);
            return routed;
        }

        var reply = await _host.SendAsync(pool, command, delivery);
        Traces.Note(pool, null, reply);
        return new RoutedReply(reply, null, default) { File = FileOf(pool, reply) };
    }

    /// <summary>Which file an answer of the only member means. To be asked for once the answer is there.</summary>
    public FileMark FileOf(PoolName pool, PoolReply reply) => new(default, _host.FileNumberOf(pool, reply));

    /// <summary>Whether a pool of this name is known here. Another member may have made one within the last seconds.</summary>
    public bool Has(PoolName pool) => _host.Has(pool);

    /// <summary>
    /// Whether a pool has this name, also if another member has made it just now: a name that is not known here is looked for in the store, which is asked a few
    /// times a second at the most. Throws when the store cannot be read.
    /// </summary>
    public ValueTask<bool> FindsAsync(PoolName pool) => _cluster is null || _host.Has(pool) ? new(_host.Has(pool)) : _host.FindsAsync(pool);

    /// <summary>Where nodes are exclusive: whether the node holds a claim in any pool. Elsewhere null: not known.</summary>
    public bool? HoldsAnywhere(Fingerprint node) => _host.HoldsAnywhere(node);

    private static async ValueTask<PoolReply> SendRoutedAsync(ClusterRoute cluster, PoolName pool, PoolCommand command, Delivery delivery)
    {
        var routed = await cluster.SendAsync(pool, command, delivery);
        Traces.Note(pool, routed.Member, routed.Reply);
        return routed.Reply;
    }

    private async ValueTask<PoolReply> SendTracedAsync(PoolName pool, PoolCommand command, Delivery delivery) =>
        (await AskAsync(pool, command, delivery)).Reply;
}
