using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;

namespace Berth.Runtime.Routing;

/// <summary>What came back when a member was asked about itself.</summary>
/// <param name="Answers">It answers on its cluster port, as this very life.</param>
/// <param name="Took">How long that took.</param>
/// <param name="Account">What it said; null: it does not answer, or is of a version that does not say.</param>
public sealed record MemberReport(bool Answers, TimeSpan Took, MemberAccount? Account);

/// <summary>How a request to another member about a shard ended.</summary>
/// <param name="Moved">What the member said; null: it said nothing.</param>
/// <param name="IsUnknown">It may have been done all the same.</param>
public sealed record ShardReport(ShardMoved? Moved, bool IsUnknown);

/// <summary>What operators ask of a member: here, or by one hop of another one.</summary>
public sealed class MemberCalls
{
    /// <summary>How long a member may take to say what it is.</summary>
    public static readonly TimeSpan DescribeLimit = TimeSpan.FromSeconds(1);

    /// <summary>How long a move may take: a drain, a transfer, and telling the successor.</summary>
    public static readonly TimeSpan MoveLimit = TimeSpan.FromSeconds(10);

    private readonly ClusterMemberParts _parts;
    private readonly PoolHost _host;
    private readonly HeldLease _lease;
    private readonly OwnershipLoop _ownership;
    private readonly HopSender _hops;

    internal MemberCalls(ClusterMemberParts parts, PoolHost host, HeldLease lease, OwnershipLoop ownership, HopSender hops) =>
        (_parts, _host, _lease, _ownership, _hops) = (parts, host, lease, ownership, hops);

    /// <summary>Where this member is, given whether it answers.</summary>
    internal Func<MemberStage> Stage { get; init; } = () => MemberStage.Up;

    /// <summary>What this member says of itself.</summary>
    public MemberAccount Account()
    {
        var held = _ownership.View.Table.Shards.Where(row => row.Owner == _ownership.Self).Select(row => row.Shard).ToList();
        var (pools, claims) = _host.CountByShard();
        List<ShardAccount> shards = [];
        foreach (var shard in held)
        {
            var kept = (long)Math.Ceiling(_ownership.KeptFor(shard).TotalMilliseconds);
            if (pools[shard] > 0 || kept > 0)
            {
                shards.Add(new ShardAccount(shard, pools[shard], claims[shard], kept));
            }
        }

        var left = _lease.EndsAt == long.MaxValue ? TimeSpan.Zero : _parts.Time.GetElapsedTime(_parts.Time.GetTimestamp(), Math.Max(_lease.EndsAt, 0));
        return new MemberAccount(
            _parts.Version, _parts.Card.FeatureLevel, Stage(), left > TimeSpan.Zero && _lease.MayAnswer ? (long)left.TotalMilliseconds : 0, shards);
    }

    /// <summary>Asks a member what it is. One that does not know the question is asked only whether it is there.</summary>
    public async ValueTask<MemberReport> DescribeAsync(MemberRow member, CancellationToken gone)
    {
        if (member.Incarnation == _ownership.Self)
        {
            return new MemberReport(true, TimeSpan.Zero, Account());
        }

        var began = _parts.Time.GetTimestamp();
        var told = await _hops.AskAsync(member, HopKind.Describe, null, DescribeLimit, gone);
        if (told.Response is null && told.IsNotDone)
        {
            // It refuses connections, or is older than this question.
            told = await _hops.AskAsync(member, HopKind.Hello, null, DescribeLimit, gone);
        }

        return told.Response is { } response && response.At == member.Incarnation
            ? new MemberReport(true, _parts.Time.GetElapsedTime(began), response.Note.IsEmpty ? null : Read(response.Note))
            : new MemberReport(false, TimeSpan.Zero, null);
    }

    /// <summary>Has a shard's owner hand it on to another member.</summary>
    public async ValueTask<ShardReport> MoveAsync(MemberRow owner, int shard, MemberRow to, CancellationToken gone) =>
        owner.Incarnation == _ownership.Self
            ? new ShardReport(await _ownership.MoveAsync(shard, to.Incarnation), IsUnknown: false)
            : Read(await _hops.AskAsync(owner, HopKind.Move, new ShardOrder(shard, to.Incarnation, 0), MoveLimit, gone));

    /// <summary>Has planned moves leave a shard with a member for so long, whether or not it has it yet. False: the member did not say that it will.</summary>
    public async ValueTask<bool> KeepAsync(MemberRow member, int shard, TimeSpan span, CancellationToken gone)
    {
        var order = new ShardOrder(shard, default, (long)span.TotalMilliseconds);
        if (member.Incarnation == _ownership.Self)
        {
            Keep(order);
            return true;
        }

        return (await _hops.AskAsync(member, HopKind.Keep, order, DescribeLimit, gone)).Response is { Note.IsEmpty: false };
    }

    /// <summary>Answers another member's request that is none about a pool. Null: it is not for this member, and was not done.</summary>
    internal async ValueTask<ReadOnlyMemory<byte>?> AnswerAsync(HopRequest request)
    {
        if (request.Kind is HopKind.Describe)
        {
            var note = new Journal.ByteWriter(HopFormat.UsualBytes);
            Account().Write(note);
            return note.Written;
        }

        if (request.To.Value == 0 || request.To != _ownership.Self || request.Order is not { } order)
        {
            return null;
        }

        if (request.Kind is HopKind.Move)
        {
            return ShardOrder.NoteOf(await _ownership.MoveAsync(order.Shard, order.To));
        }

        Keep(order);
        return ShardOrder.NoteOf(new ShardMoved(ShardMoveOutcome.Moved, TimeSpan.Zero));
    }

    private void Keep(ShardOrder order) =>
        _ownership.Keep(order.Shard, TimeSpan.FromMilliseconds(Math.Clamp(order.KeepMs, 0, (long)KeptShards.Longest.TotalMilliseconds)));

    private static MemberAccount? Read(ReadOnlyMemory<byte> note)
    {
        try
        {
            return MemberAccount.Read(note);
        }
        catch (InvalidDataException)
        {
            // It is there, and says what is not understood here: a newer one may.
            return null;
        }
    }

    private static ShardReport Read((HopResponse? Response, bool IsNotDone) told)
    {
        if (told.Response is not { } response)
        {
            return new ShardReport(null, !told.IsNotDone);
        }

        try
        {
            return new ShardReport(response.Note.IsEmpty ? null : ShardOrder.ReadNote(response.Note), IsUnknown: false);
        }
        catch (InvalidDataException)
        {
            return new ShardReport(null, IsUnknown: true);
        }
    }
}
