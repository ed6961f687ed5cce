using Berth.Runtime.Ownership;

namespace Berth.Simulation.Kernel;

/// <summary><see cref="IMembershipTable.JoinAsync"/>.</summary>
internal sealed record JoinCluster(MemberCard Card) : StoreOperation<JoinResult>
{
    public override JoinResult Apply(StoreTruth truth) => Now(truth.Table.JoinAsync(Card, CancellationToken.None));
}

/// <summary><see cref="IMembershipTable.RenewAsync"/>.</summary>
internal sealed record RenewLease(Incarnation Member) : StoreOperation<RenewResult>
{
    public override RenewResult Apply(StoreTruth truth) => Now(truth.Table.RenewAsync(Member, CancellationToken.None));
}

/// <summary><see cref="IMembershipTable.AcquireAsync"/>.</summary>
internal sealed record AcquireShards(Incarnation Member, IReadOnlyList<int> Shards, SeenMember? From) : StoreOperation<AcquireResult>
{
    public override AcquireResult Apply(StoreTruth truth) =>
        Now(truth.Table.AcquireAsync(Member, Shards, From, CancellationToken.None));
}

/// <summary><see cref="IMembershipTable.TransferAsync"/>.</summary>
internal sealed record TransferShard(Incarnation Member, OwnedShard Shard, Incarnation To, bool Settled) : StoreOperation<TransferOutcome>
{
    public override TransferOutcome Apply(StoreTruth truth) =>
        Now(truth.Table.TransferAsync(Member, Shard, To, Settled, CancellationToken.None));
}

/// <summary><see cref="IMembershipTable.LeaveAsync"/>.</summary>
internal sealed record LeaveCluster(Incarnation Member, IReadOnlyCollection<int> Unsettled) : StoreOperation<bool>
{
    public override bool Apply(StoreTruth truth) => Now(truth.Table.LeaveAsync(Member, Unsettled, CancellationToken.None));
}

/// <summary><see cref="IMembershipTable.DownAsync"/>.</summary>
internal sealed record MarkDown(Incarnation Member) : StoreOperation<bool>
{
    public override bool Apply(StoreTruth truth) => Now(truth.Table.DownAsync(Member, CancellationToken.None));
}

/// <summary><see cref="IMembershipTable.AdoptSecretAsync"/>.</summary>
internal sealed record AdoptSecret(IReadOnlyList<string> From, string To) : StoreOperation<bool>
{
    public override bool Apply(StoreTruth truth) => Now(truth.Table.AdoptSecretAsync(From, To, CancellationToken.None));
}

/// <summary><see cref="IMembershipTable.ReadAsync"/>.</summary>
internal sealed record ReadTable : StoreOperation<ClusterTable>
{
    public override bool Mutates => false;

    public override ClusterTable Apply(StoreTruth truth) => Now(truth.Table.ReadAsync(CancellationToken.None));
}
