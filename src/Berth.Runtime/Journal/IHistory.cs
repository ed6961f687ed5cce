using Berth.Pools;

namespace Berth.Runtime.Journal;

/// <summary>
/// How long a journal remembers, and what it signs: the part of the same store that audit and retention use. The conditions:
/// <list type="number">
/// <item><see cref="ReadHeadsAsync"/> answers each pool's last version with the chain hash there, and where its history begins: the two
/// of a pool are of one moment.</item>
/// <item>A base is the state of a pool at the end of a stored batch, in parts as a snapshot's: part 0 removes the pool's unused bases, and
/// a base counts once all its parts are in. <see cref="WriteBaseAsync"/> changes neither what an open replays nor what is read. Its
/// outcomes are those of an append; a version at which no batch ends with the part's hash is <see cref="AppendOutcome.NotWritten"/>.</item>
/// <item><see cref="CutAsync"/> needs a whole base at exactly the version it is told, and takes it into use: from that commit on the history
/// begins after it. Records up to it are read no more, the base before it is gone, and an open begins at it unless a snapshot is
/// newer. The records are deleted by this call and the following, so many in each, and nothing else of the pool changes. Whoever calls
/// must know that the pool's record of the cut is durable. It may be called again with the version in use, until
/// <see cref="CutResult.More"/> is false.</item>
/// <item>Checkpoints are numbered from 1. <see cref="AppendCheckpointAsync"/> takes the number after the last only, and answers false, having
/// written nothing, for any other: somebody else was faster.</item>
/// <item><see cref="ForgetCheckpointsAsync"/> never forgets the last checkpoint. Those that are left have no gap between them.</item>
/// <item>Keys, checkpoints and denials need no ownership.</item>
/// </list>
/// An exception means that nobody knows whether it was written.
/// </summary>
public interface IHistory
{
    /// <summary>Up to <paramref name="limit"/> heads in the byte order of the pools' names, after <paramref name="after"/>.</summary>
    ValueTask<IReadOnlyList<PoolHead>> ReadHeadsAsync(PoolName? after, int limit);

    /// <summary>Stores a part of a base. Condition 2 says how.</summary>
    ValueTask<AppendResult> WriteBaseAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part);

    /// <summary>Takes the base at <paramref name="upTo"/> into use and deletes up to <paramref name="most"/> records before it. Condition 3.</summary>
    ValueTask<CutResult> CutAsync(PoolName pool, Epoch epoch, Opening opening, long upTo, int most);

    /// <summary>The parts of the base that the history begins at, in order. False: the history is complete, or there is no such pool.</summary>
    ValueTask<bool> ReadBaseAsync(PoolName pool, Action<SnapshotPart> read);

    /// <summary>Adds a checkpoint. Condition 4.</summary>
    ValueTask<bool> AppendCheckpointAsync(CheckpointRow checkpoint);

    /// <summary>Up to <paramref name="limit"/> checkpoints with numbers after <paramref name="number"/>, in order.</summary>
    ValueTask<IReadOnlyList<CheckpointRow>> ReadCheckpointsAsync(long number, int limit);

    /// <summary>The last checkpoint, or null.</summary>
    ValueTask<CheckpointRow?> ReadLastCheckpointAsync();

    /// <summary>
    /// Forgets checkpoints from the first on: up to <paramref name="most"/> of those that are older than <paramref name="beforeMs"/> (Unix
    /// milliseconds), or that more than <paramref name="keep"/> follow. Answers how many.
    /// </summary>
    ValueTask<int> ForgetCheckpointsAsync(long beforeMs, int keep, int most);

    /// <summary>
    /// Forgets up to <paramref name="most"/> denial counts of a pool whose last denial is older than <paramref name="beforeMs"/>. Answers
    /// how many.
    /// </summary>
    ValueTask<int> ForgetDenialsAsync(PoolName pool, long beforeMs, int most);

    /// <summary>Records the public key that a member signs with (32 bytes). One that is there stays as it is.</summary>
    ValueTask RecordKeyAsync(ReadOnlyMemory<byte> publicKey, long sinceMs);

    /// <summary>The public keys that were recorded, the first first: at most 1,000.</summary>
    ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadKeysAsync();

    /// <summary>How much of the store is in use, in bytes. What is deleted counts no more, although a file does not shrink.</summary>
    ValueTask<long> MeasureAsync();
}
