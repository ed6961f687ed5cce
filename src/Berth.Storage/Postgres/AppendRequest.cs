using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Storage.Postgres;

/// <summary>Under which ownership something is written to which pool.</summary>
internal readonly record struct PoolHold(PoolName Pool, Epoch Epoch, Opening Opening);

/// <summary>
/// A batch without license rows. It has a copy of the bytes: a connection that was given up may still be sending them when the caller has
/// long been told that nobody knows, and uses its buffer again.
/// </summary>
internal sealed class AppendRequest(PoolHold hold, long expectedVersion, JournalBatch batch) : WritingRequest(hold.Pool)
{
    private readonly TaskCompletionSource<AppendResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<AppendResult> Answer => _answer.Task;

    public PoolHold Hold => hold;

    public long ExpectedVersion => expectedVersion;

    public int Count { get; } = batch.Count;

    public byte[] Hash { get; } = batch.Hash.ToArray();

    public byte[] Content { get; } = batch.Bytes.ToArray();

    public override int Bytes => Content.Length;

    /// <summary>The statement has written it; false: the pool is somebody else's by now, or at another version.</summary>
    public bool IsWritten { get; set; }

    public override void Settle() => _answer.TrySetResult(IsWritten ? AppendResult.Committed : AppendResult.Fenced);

    public override void Refuse(string reason) => _answer.TrySetResult(AppendResult.NotWritten(reason));

    public override void Fail(Exception error) => _answer.TrySetException(error);
}
