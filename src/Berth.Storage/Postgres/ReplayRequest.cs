using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Storage.Postgres;

/// <summary>What somebody wants replayed of a pool.</summary>
internal sealed class ReplayRequest(PoolName pool, KnownPosition? known, Action<ReplayItem> replay) : PoolRequest(pool)
{
    private readonly TaskCompletionSource<bool?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SnapshotStart? _snapshot;
    private int _nextPart;
    private long _nextVersion;
    private long _head;

    /// <summary>Whether the replay began at what the caller knows; null: there is no such pool.</summary>
    public Task<bool?> Answer => _answer.Task;

    public long KnownVersion => known?.Version ?? -1;

    public byte[] KnownHash => known?.Hash.ToArray() ?? [];

    /// <summary>Only the base that the history begins at is wanted.</summary>
    public bool OnlyBase { get; init; }

    public bool IsOver => _answer.Task.IsCompleted;

    /// <summary>The caller was told something: it cannot be told again from the start.</summary>
    public bool HasBegun { get; private set; }

    private bool FromKnown { get; set; }

    /// <summary>Where it begins: at what is known, at a snapshot, or at nothing.</summary>
    public void Begin(bool fromKnown, SnapshotStart? snapshot, long head, long baseVersion)
    {
        if (OnlyBase)
        {
            // Nothing behind it is asked for, and a history that is complete has none.
            head = baseVersion;
            snapshot = baseVersion == 0 ? null : snapshot;
        }

        FromKnown = fromKnown;
        _snapshot = fromKnown ? null : snapshot;
        _nextPart = 0;
        _head = head;
        _nextVersion = (fromKnown ? known!.Version : _snapshot?.Version ?? 0) + 1;
    }

    public long SnapshotId => _snapshot?.Id ?? 0;

    /// <summary>Records that end after it are wanted.</summary>
    public long After => OnlyBase ? long.MaxValue : _nextVersion - 1;

    public void TakePart(int index, byte[] bytes)
    {
        var of = _snapshot!;
        Hand(index == _nextPart
            ? new SnapshotPart(of.Version, of.Hash, index, of.Parts, bytes)
            : throw Damaged($"part {_nextPart} of the snapshot at {of.Version} is missing"));
        _nextPart++;
    }

    public void TakeRecord(JournalRecord record)
    {
        CheckSnapshotIsWhole();
        if (record.FirstVersion > _nextVersion || record.LastVersion < _nextVersion)
        {
            throw Damaged($"pool {Pool} has no event {_nextVersion}");
        }

        Hand(record);
        _nextVersion = record.LastVersion + 1;
    }

    public void End()
    {
        CheckSnapshotIsWhole();
        if (_nextVersion != _head + 1)
        {
            throw Damaged($"pool {Pool} has no event {_nextVersion}");
        }

        _answer.TrySetResult(OnlyBase ? _snapshot is not null : FromKnown);
    }

    /// <summary>There is no such pool.</summary>
    public void EndMissing() => _answer.TrySetResult(null);

    public override void Refuse(string reason) => Fail(new StoreException(reason));

    public override void Fail(Exception error) => _answer.TrySetException(error);

    private void Hand(ReplayItem item)
    {
        HasBegun = true;
        replay(item);
    }

    private void CheckSnapshotIsWhole()
    {
        if (_snapshot is { } of && _nextPart != of.Parts)
        {
            throw Damaged($"part {_nextPart} of the snapshot at {of.Version} is missing");
        }
    }

    private static StoreException Damaged(string what) => new($"the database is damaged: {what}; restore a backup");
}

/// <summary>A snapshot or base that a replay begins at.</summary>
internal sealed record SnapshotStart(long Id, long Version, byte[] Hash, int Parts);
