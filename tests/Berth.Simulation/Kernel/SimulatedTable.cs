using Berth.Runtime.Ownership;

namespace Berth.Simulation.Kernel;

/// <summary>The membership table of a store as one process sees it.</summary>
internal sealed class SimulatedTable(SimulatedStore store, SimulatedProcess process) : IMembershipTable
{
    /// <inheritdoc/>
    public ValueTask<JoinResult> JoinAsync(MemberCard card, CancellationToken cancel) =>
        new(store.CallAsync(process, new JoinCluster(card), cancel));

    /// <inheritdoc/>
    public ValueTask<RenewResult> RenewAsync(Incarnation member, CancellationToken cancel) =>
        new(store.CallAsync(process, new RenewLease(member), cancel));

    /// <inheritdoc/>
    public ValueTask<AcquireResult> AcquireAsync(
        Incarnation member, IReadOnlyList<int> shards, SeenMember? from, CancellationToken cancel) =>
        new(store.CallAsync(process, new AcquireShards(member, [.. shards], from), cancel));

    /// <inheritdoc/>
    public ValueTask<TransferOutcome> TransferAsync(
        Incarnation member, OwnedShard shard, Incarnation to, bool settled, CancellationToken cancel) =>
        new(store.CallAsync(process, new TransferShard(member, shard, to, settled), cancel));

    /// <inheritdoc/>
    public async ValueTask LeaveAsync(Incarnation member, IReadOnlyCollection<int> unsettled, CancellationToken cancel) =>
        await store.CallAsync(process, new LeaveCluster(member, [.. unsettled]), cancel);

    /// <inheritdoc/>
    public ValueTask<bool> DownAsync(Incarnation member, CancellationToken cancel) =>
        new(store.CallAsync(process, new MarkDown(member), cancel));

    /// <inheritdoc/>
    public ValueTask<bool> AdoptSecretAsync(IReadOnlyList<string> from, string to, CancellationToken cancel) =>
        new(store.CallAsync(process, new AdoptSecret([.. from], to), cancel));

    /// <inheritdoc/>
    public ValueTask<ClusterTable> ReadAsync(CancellationToken cancel) => new(store.CallAsync(process, new ReadTable(), cancel));
}
