using Berth.Runtime.Ownership;

namespace Berth.Runtime.Tests.Ownership;

/// <summary>A table in which the first who join are down by their first renewal.</summary>
/// <param name="lives">How many are.</param>
/// <param name="onLast">Told when the one after them has joined.</param>
internal sealed class ShortLives(int lives, Action onLast) : IMembershipTable
{
    private readonly MemoryMembershipTable _inner = new();
    private int _joined;

    public async ValueTask<JoinResult> JoinAsync(MemberCard card, CancellationToken cancel)
    {
        var result = await _inner.JoinAsync(card, cancel);
        if (++_joined > lives)
        {
            onLast();
        }

        return result;
    }

    public async ValueTask<RenewResult> RenewAsync(Incarnation member, CancellationToken cancel)
    {
        await Task.Run(() => Thread.SpinWait(20_000), CancellationToken.None);
        return _joined > lives ? await _inner.RenewAsync(member, cancel) : RenewResult.Down;
    }

    public ValueTask<AcquireResult> AcquireAsync(Incarnation member, IReadOnlyList<int> shards, SeenMember? from, CancellationToken cancel) =>
        _inner.AcquireAsync(member, shards, from, cancel);

    public ValueTask<TransferOutcome> TransferAsync(Incarnation member, OwnedShard shard, Incarnation to, bool settled, CancellationToken cancel) =>
        _inner.TransferAsync(member, shard, to, settled, cancel);

    public ValueTask LeaveAsync(Incarnation member, IReadOnlyCollection<int> unsettled, CancellationToken cancel) =>
        _inner.LeaveAsync(member, unsettled, cancel);

    public ValueTask<bool> DownAsync(Incarnation member, CancellationToken cancel) => _inner.DownAsync(member, cancel);

    public ValueTask<bool> AdoptSecretAsync(IReadOnlyList<string> from, string to, CancellationToken cancel) => _inner.AdoptSecretAsync(from, to, cancel);

    public ValueTask<ClusterTable> ReadAsync(CancellationToken cancel) => _inner.ReadAsync(cancel);
}
