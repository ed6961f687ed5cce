using Berth.Runtime.Ownership;

namespace Berth.Simulation.Tests.Kernel;

/// <summary>The least of a membership table: it counts lives and renewals. Enough to see that calls arrive and can be repeated.</summary>
internal sealed class CountingTable : IMembershipTable
{
    private readonly List<MemberRow> _rows = [];

    public ValueTask<JoinResult> JoinAsync(MemberCard card, CancellationToken cancel)
    {
        _rows.Add(new MemberRow(new Incarnation(_rows.Count + 1), card, 0, MemberState.Up, 0));
        return new(new JoinResult(_rows[^1].Incarnation));
    }

    public ValueTask<RenewResult> RenewAsync(Incarnation member, CancellationToken cancel)
    {
        var place = _rows.FindIndex(row => row.Incarnation == member);
        _rows[place] = _rows[place] with { Counter = _rows[place].Counter + 1 };
        return new(new RenewResult(Up: true, [], 1, _rows[place].Counter));
    }

    public ValueTask<AcquireResult> AcquireAsync(
        Incarnation member, IReadOnlyList<int> shards, SeenMember? from, CancellationToken cancel) =>
        new(new AcquireResult(AcquireOutcome.Acquired, []));

    public ValueTask<TransferOutcome> TransferAsync(
        Incarnation member, OwnedShard shard, Incarnation to, bool settled, CancellationToken cancel) => new(TransferOutcome.NotOwned);

    public ValueTask LeaveAsync(Incarnation member, IReadOnlyCollection<int> unsettled, CancellationToken cancel) =>
        ValueTask.CompletedTask;

    public ValueTask<bool> DownAsync(Incarnation member, CancellationToken cancel) => new(false);

    public ValueTask<bool> AdoptSecretAsync(IReadOnlyList<string> from, string to, CancellationToken cancel) => new(false);

    public ValueTask<ClusterTable> ReadAsync(CancellationToken cancel) => new(new ClusterTable([.. _rows], [], 1));
}
