using Berth.Pools;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Ownership;

/// <summary>
/// Takes the shards that no live member serves and that this member should own; after <see cref="OwnershipOptions.OrphanLimit"/> any
/// such shard, so that members who disagree about each other cannot leave one alone.
/// </summary>
internal sealed class Takeover(MemberParts parts, Incarnation self)
{
    private readonly ShardPlan _plan = new();
    private readonly long[] _orphanSince = new long[Shards.Count];
    private bool _anyOrphan;

    /// <summary>Takes what is to be taken in this view. Throws when the table cannot be asked.</summary>
    public async ValueTask ConsiderAsync(ClusterView view)
    {
        if (view.LiveMember(self) is null)
        {
            return;
        }

        foreach (var (owner, shards) in Wanted(view))
        {
            using var limit = parts.CallLimit();
            var result = await parts.Table.AcquireAsync(self, shards, owner, limit.Token);
            parts.Log.Acquired(shards.Count, owner?.Incarnation.Value ?? 0, result.Outcome, result.Taken.Count);
            Follow(owner, result.Taken);
        }

        if (parts.Memory.AnyForgotten)
        {
            await RenumberAsync(view);
        }
    }

    /// <summary>Opens what was taken. How long its nodes were without an owner is measured from when that was seen.</summary>
    private void Follow(SeenMember? owner, IReadOnlyList<OwnedShard> taken)
    {
        var change = parts.Shards.Take(taken);
        parts.Measures.ShardsTaken.Add(change.Taken.Count);
        var since = change.Taken.Select(shard => _orphanSince[shard.Number]).DefaultIfEmpty().Min();
        parts.Follow(change, owner is null ? null : () => parts.Measures.Takeovers.Observe(parts.Time.GetElapsedTime(since)));
    }

    /// <summary>Gives shards that this member owns, and can serve no more under their epochs, new ones. The next look finds them.</summary>
    private async ValueTask RenumberAsync(ClusterView view)
    {
        foreach (var row in view.Table.Shards.Where(row => row.Owner == self && parts.Memory.HasForgotten(row.Shard) && parts.Shards.NeedsNewEpoch(row)))
        {
            using var limit = parts.CallLimit();
            await parts.Table.TransferAsync(
                self, new OwnedShard(row.Shard, row.Epoch, row.FormerLease), self, settled: false, limit.Token);
        }
    }

    private IReadOnlyCollection<(SeenMember? Owner, List<int> Shards)> Wanted(ClusterView view)
    {
        if (view.Orphans.Count == 0)
        {
            if (_anyOrphan)
            {
                Array.Clear(_orphanSince);
                _anyOrphan = false;
            }

            return [];
        }

        var now = parts.Time.GetTimestamp();
        var plan = _plan.Among(view.Candidates);
        Dictionary<Incarnation, (SeenMember? Owner, List<int> Shards)> wanted = [];
        NoteOrphans(view, now);
        foreach (var row in view.Orphans)
        {
            if (plan[row.Shard]?.Incarnation != self
                && parts.Time.GetElapsedTime(_orphanSince[row.Shard], now) < parts.Options.OrphanLimit)
            {
                continue;
            }

            if (!wanted.TryGetValue(row.Owner ?? default, out var group))
            {
                group = (row.Owner is { } owner ? new SeenMember(owner, CounterOf(view, owner)) : null, []);
                wanted.Add(row.Owner ?? default, group);
            }

            group.Shards.Add(row.Shard);
        }

        return wanted.Values;
    }

    private void NoteOrphans(ClusterView view, long now)
    {
        _anyOrphan = true;
        Span<bool> isOrphan = stackalloc bool[Shards.Count];
        foreach (var row in view.Orphans)
        {
            isOrphan[row.Shard] = true;
        }

        for (var shard = 0; shard < isOrphan.Length; shard++)
        {
            _orphanSince[shard] = !isOrphan[shard] ? 0 : _orphanSince[shard] == 0 ? now : _orphanSince[shard];
        }
    }

    private static long CounterOf(ClusterView view, Incarnation owner) =>
        view.Table.Members.FirstOrDefault(member => member.Incarnation == owner)?.Counter ?? 0;
}

internal static partial class TakeoverLog
{
    [LoggerMessage(
        Level = LogLevel.Warning, Message = "shards.acquire: {wanted} of incarnation {owner} (0: nobody's): {outcome}, {taken} taken")]
    public static partial void Acquired(this ILogger log, int wanted, long owner, AcquireOutcome outcome, int taken);
}
