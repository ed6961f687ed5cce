using Berth.Runtime.Ownership;

namespace Berth.Runtime.Metrics;

/// <summary>A membership table whose calls are measured.</summary>
public sealed class MeasuredTable(IMembershipTable inner, StoreMeasures measures) : IMembershipTable
{
    /// <inheritdoc/>
    public ValueTask<JoinResult> JoinAsync(MemberCard card, CancellationToken cancel) =>
        measures.FollowAsync(StoreOperation.Change, measures.Start(), inner.JoinAsync(card, cancel));

    /// <inheritdoc/>
    public ValueTask<RenewResult> RenewAsync(Incarnation member, CancellationToken cancel) =>
        measures.FollowAsync(StoreOperation.Renew, measures.Start(), inner.RenewAsync(member, cancel));

    /// <inheritdoc/>
    public ValueTask<AcquireResult> AcquireAsync(
        Incarnation member, IReadOnlyList<int> shards, SeenMember? from, CancellationToken cancel) =>
        measures.FollowAsync(StoreOperation.Change, measures.Start(), inner.AcquireAsync(member, shards, from, cancel));

    /// <inheritdoc/>
    public ValueTask<TransferOutcome> TransferAsync(
        Incarnation member, OwnedShard shard, Incarnation to, bool settled, CancellationToken cancel) =>
        measures.FollowAsync(StoreOperation.Change, measures.Start(), inner.TransferAsync(member, shard, to, settled, cancel));

    /// <inheritdoc/>
    public ValueTask LeaveAsync(Incarnation member, IReadOnlyCollection<int> unsettled, CancellationToken cancel) =>
        measures.FollowAsync(StoreOperation.Change, measures.Start(), inner.LeaveAsync(member, unsettled, cancel));

    /// <inheritdoc/>
    public ValueTask<bool> DownAsync(Incarnation member, CancellationToken cancel) =>
        measures.FollowAsync(StoreOperation.Change, measures.Start(), inner.DownAsync(member, cancel));

    /// <inheritdoc/>
    public ValueTask<bool> AdoptSecretAsync(IReadOnlyList<string> from, string to, CancellationToken cancel) =>
        measures.FollowAsync(StoreOperation.Change, measures.Start(), inner.AdoptSecretAsync(from, to, cancel));

    /// <inheritdoc/>
    public ValueTask<ClusterTable> ReadAsync(CancellationToken cancel) =>
        measures.FollowAsync(StoreOperation.Members, measures.Start(), inner.ReadAsync(cancel));
}
