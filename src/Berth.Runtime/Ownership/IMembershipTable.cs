using Berth.Pools;

namespace Berth.Runtime.Ownership;

/// <summary>
/// Who is a member, and who owns which shard: the one arbiter of both. No clock is used here: a member's row has a counter, and
/// time is measured by whoever watches it. The conditions:
/// <list type="number">
/// <item><see cref="JoinAsync"/> gives a new incarnation, greater than every one before. It is refused, and nothing changes, when the
/// card does not fit the cluster: the first <see cref="JoinRefusal"/> that applies, in their order. An up member of the same name and
/// address, compared byte for byte, is the same member's former life and is marked down; it stands in the way of nothing. The first to
/// join makes the cluster: its name and secret count from then on, also when all have left. A card may show two secrets: it fits where the cluster goes by either,
/// and which of them the cluster goes by stays as it was.</item>
/// <item><see cref="RenewAsync"/> raises the counter and answers with it and with exactly the pairs the member still owns. Once an incarnation is
/// down or has left, or if it never was, it answers <see cref="RenewResult.Down"/> for ever, and nothing changes: down is final.</item>
/// <item><see cref="AcquireAsync"/> is a compare-and-set. Without a former owner it takes those of the shards that nobody owns. With
/// one it takes those that this member owns, if it has ended or its counter is still the one seen, and marks it down, also where no
/// shard is taken; a counter that is another one is <see cref="AcquireOutcome.CounterMoved"/>, and nothing changes. Each shard taken has
/// the next epoch, the former plus 1. Who takes must be up, or it is <see cref="AcquireOutcome.Down"/>, whatever else applies. Nobody takes
/// from itself: <see cref="TransferAsync"/> gives a new epoch. Repeated after it took effect it takes nothing: a renewal tells what is
/// owned.</item>
/// <item>A shard taken from a member remembers how long that member's lease was, if that is longer than what it remembered before
/// (<see cref="OwnedShard.FormerLease"/>): for so long its old owners may still answer. It is zero only for a shard that was never
/// taken from anybody since it was last handed on settled or left settled.</item>
/// <item><see cref="TransferAsync"/> hands one shard on in one step: the successor, which must be up, owns it with the next epoch.
/// It may name its own member, which gives it a new epoch. Who hands on need not be up any more: what it says of itself is true, and its
/// shards are its own until somebody acquires them. <c>settled</c> sets the remembered lease to zero; otherwise it stays as it is
/// stored. Repeated after it took effect it is <see cref="TransferOutcome.Moved"/> again as long as the successor still has that next
/// epoch, up or not, and changes nothing. Who does not own the shard with this epoch is told <see cref="TransferOutcome.NotOwned"/>,
/// whatever the successor;
/// a successor that is not up is <see cref="TransferOutcome.SuccessorDown"/>; in both cases nothing changes.</item>
/// <item><see cref="LeaveAsync"/> ends an incarnation for good: nobody owns its shards then. Those that it names unsettled keep the
/// lease they remember, the others forget it: who leaves has answered for the last time before. Those that are not its own are passed
/// over. <see cref="DownAsync"/> marks a member down; its shards stay its own until somebody acquires them. Neither fails for an
/// incarnation that has ended already or never was, and then nothing changes: who is down cannot leave.</item>
/// <item><see cref="ReadAsync"/> is of one moment, and what it gave never changes. Epochs, incarnations and counters never go back. Ended
/// incarnations are forgotten one by one where more than <see cref="ClusterTable.MaxEndedMembers"/> have ended: first the oldest
/// that is not the newest of its name, otherwise the oldest; but never one that owns a shard, because its lease counts.</item>
/// <item>The feature level of the cluster is the greatest that the lowest level of the up members has ever reached; a life and the one
/// that follows it in the same step count as one. Who can do less may not join. While nobody is up the level stays.</item>
/// <item><see cref="AdoptSecretAsync"/> is a compare-and-set of the secret that the cluster goes by: where it is one of <c>from</c>, and <c>to</c> is not the one that
/// it went by before, it becomes <c>to</c>, in the rows of all members too. It answers whether the cluster goes by <c>to</c> now; where it does not, or nobody ever
/// joined, nothing changes. So a member with an old file cannot take the cluster back to a secret that it has left.</item>
/// </list>
/// An exception means that nobody knows whether it happened; every call may be repeated. A cancelled call is such an exception. Only an
/// <see cref="ArgumentException"/> is certain, and the caller's mistake: a card, a shard or a former owner that cannot be
/// (<see cref="MembershipLimits"/>); nothing happened.
/// Implementations may be called from many threads at once.
/// </summary>
public interface IMembershipTable
{
    /// <summary>Enters the cluster. Condition 1.</summary>
    ValueTask<JoinResult> JoinAsync(MemberCard card, CancellationToken cancel);

    /// <summary>Says that the member lives. Condition 2.</summary>
    ValueTask<RenewResult> RenewAsync(Incarnation member, CancellationToken cancel);

    /// <summary>Takes up to <see cref="Shards.Count"/> shards, from a former owner or from nobody. Conditions 3 and 4.</summary>
    ValueTask<AcquireResult> AcquireAsync(
        Incarnation member, IReadOnlyList<int> shards, SeenMember? from, CancellationToken cancel);

    /// <summary>Hands a shard on. Condition 5.</summary>
    ValueTask<TransferOutcome> TransferAsync(
        Incarnation member, OwnedShard shard, Incarnation to, bool settled, CancellationToken cancel);

    /// <summary>Ends the member's own incarnation. Condition 6.</summary>
    ValueTask LeaveAsync(Incarnation member, IReadOnlyCollection<int> unsettled, CancellationToken cancel);

    /// <summary>Marks a member down, on an operator's word. Condition 6. False: it had ended already, or never was.</summary>
    ValueTask<bool> DownAsync(Incarnation member, CancellationToken cancel);

    /// <summary>Has the cluster go by another secret. Condition 9. False: it does not.</summary>
    /// <param name="from">Digests of which it must have one.</param>
    /// <param name="to">The digest of the secret that it is to go by.</param>
    /// <param name="cancel">Gives up.</param>
    ValueTask<bool> AdoptSecretAsync(IReadOnlyList<string> from, string to, CancellationToken cancel);

    /// <summary>All members and shards. Condition 7.</summary>
    ValueTask<ClusterTable> ReadAsync(CancellationToken cancel);
}
