using Berth.Pools;

namespace Berth.Runtime.Journal;

/// <summary>What a journal in memory keeps of one pool. Its owner guards it.</summary>
internal sealed class MemoryPool
{
    private IReadOnlyList<SnapshotPart> _snapshot = [];
    private readonly List<SnapshotPart> _unfinished = [];

    /// <summary>A base that is not in use, whole or not.</summary>
    private readonly List<SnapshotPart> _nextBase = [];

    public Epoch Epoch { get; set; }

    public Opening Opening { get; set; }

    /// <summary>All records, those included that are to be deleted.</summary>
    public List<JournalRecord> Records { get; } = [];

    public DenialTally Denials { get; } = new(DenialCount.MaxStored);

    /// <summary>The base in use; empty: the history is complete.</summary>
    public IReadOnlyList<SnapshotPart> Base { get; private set; } = [];

    public KnownPosition BasePosition => Base is [var part, ..] ? new(part.Version, part.Hash) : new(0, new byte[AuditChain.HashBytes]);

    public KnownPosition Head => Records is [.., var last] ? new(last.LastVersion, last.Hash) : BasePosition;

    public long Version => Head.Version;

    /// <summary>The records of the history.</summary>
    public IEnumerable<JournalRecord> Stored => Records.Where(record => record.FirstVersion > BasePosition.Version);

    public ReadOnlyMemory<byte>? HashAt(long version) => version == BasePosition.Version
        ? BasePosition.Hash
        : Stored.FirstOrDefault(record => record.LastVersion == version)?.Hash;

    public AppendResult Store(SnapshotPart part)
    {
        if (part.Version > Version)
        {
            return AppendResult.NotWritten($"a snapshot at version {part.Version} is ahead of the pool, which is at {Version}");
        }

        var result = Store(_unfinished, part);
        if (_unfinished.Count == part.Count && result.Outcome == AppendOutcome.Committed)
        {
            _snapshot = [.. _unfinished];
            _unfinished.Clear();
        }

        return result;
    }

    public AppendResult StoreBase(SnapshotPart part) =>
        part.Version <= BasePosition.Version || HashAt(part.Version) is not { } hash || !hash.Span.SequenceEqual(part.Hash.Span)
            ? AppendResult.NotWritten($"no batch of the history ends at version {part.Version} with this hash")
            : Store(_nextBase, part);

    public CutResult Cut(long upTo, int most)
    {
        if (upTo != BasePosition.Version || Base.Count == 0)
        {
            if (_nextBase.Count == 0 || _nextBase[0].Version != upTo || _nextBase.Count != _nextBase[0].Count)
            {
                return new CutResult(AppendOutcome.NotWritten, More: false, $"there is no base at version {upTo}");
            }

            Base = [.. _nextBase];
            _nextBase.Clear();
        }

        var gone = Records.TakeWhile(record => record.LastVersion <= upTo).Take(most).Count();
        Records.RemoveRange(0, gone);
        return new CutResult(AppendOutcome.Committed, Records.Count > 0 && Records[0].LastVersion <= upTo);
    }

    public void Replay(long? after, Action<ReplayItem> replay)
    {
        if (after is null)
        {
            var start = _snapshot.Count > 0 && _snapshot[0].Version >= BasePosition.Version ? _snapshot : Base;
            foreach (var part in start)
            {
                replay(part);
            }

            after = start.Count == 0 ? 0 : start[0].Version;
        }

        foreach (var record in Stored.Where(record => record.LastVersion > after))
        {
            replay(record);
        }
    }

    private static AppendResult Store(List<SnapshotPart> parts, SnapshotPart part)
    {
        if (part.Index == 0)
        {
            parts.Clear();
        }

        if (part.Index != parts.Count || (part.Index > 0 && !AreOfOneSnapshot(parts[0], part)))
        {
            return AppendResult.NotWritten(
                $"part {part.Index} of a snapshot does not follow the part before it: begin again with part 0");
        }

        parts.Add(part with { Bytes = part.Bytes.ToArray(), Hash = part.Hash.ToArray() });
        return AppendResult.Committed;
    }

    private static bool AreOfOneSnapshot(SnapshotPart first, SnapshotPart part) =>
        first.Version == part.Version && first.Count == part.Count && first.Hash.Span.SequenceEqual(part.Hash.Span);
}
