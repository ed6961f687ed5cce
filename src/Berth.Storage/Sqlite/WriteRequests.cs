using System.Collections.Concurrent;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Storage.Sqlite;

/// <summary>Under which ownership a request writes to which pool.</summary>
internal readonly record struct Hold(PoolName Pool, Epoch Epoch, Opening Opening);

/// <summary>Appends a batch. Kept for reuse, because there is one for every batch of every pool.</summary>
internal sealed class AppendRequest(AppendRequests home) : WriteRequest<AppendResult>
{
    private Hold _hold;
    private long _expectedVersion;
    private JournalBatch _batch = null!;

    public override int Bytes => _batch.Bytes.Length;

    public void Use(in Hold hold, long expectedVersion, JournalBatch batch)
    {
        _hold = hold;
        _expectedVersion = expectedVersion;
        _batch = batch;
    }

    public override bool Write(SqliteWrites writes)
    {
        Outcome = writes.Append(_hold, _expectedVersion, _batch);
        return Outcome.Outcome == AppendOutcome.Committed;
    }

    public override void Refuse(string reason) => Answer(AppendResult.NotWritten(reason));

    public override void Fence() => Answer(AppendResult.Fenced);

    public override AppendResult GetResult(short token)
    {
        try
        {
            return base.GetResult(token);
        }
        finally
        {
            _batch = null!;
            home.Return(this);
        }
    }
}

/// <summary>The append requests that are not in use: a bounded number.</summary>
internal sealed class AppendRequests
{
    private const int MostKept = 1024;

    private readonly ConcurrentQueue<AppendRequest> _idle = new();

    public AppendRequest Rent() => _idle.TryDequeue(out var request) ? request : new AppendRequest(this);

    public void Return(AppendRequest request)
    {
        if (_idle.Count < MostKept)
        {
            _idle.Enqueue(request);
        }
    }
}

/// <summary>Stores a part of a snapshot.</summary>
internal sealed class SnapshotRequest(Hold hold, SnapshotPart part) : WriteRequest<AppendResult>
{
    public override int Bytes => part.Bytes.Length;

    public override bool Write(SqliteWrites writes)
    {
        Outcome = writes.WriteSnapshot(hold, part);
        return Outcome.Outcome == AppendOutcome.Committed;
    }

    public override void Refuse(string reason) => Answer(AppendResult.NotWritten(reason));

    public override void Fence() => Answer(AppendResult.Fenced);
}

/// <summary>Adds to the denial counts.</summary>
internal sealed class DenialRequest(IReadOnlyList<DenialCount> denials) : WriteRequest<bool>
{
    private const int BytesOfRow = 128;

    public override int Bytes => denials.Count * BytesOfRow;

    public override bool Write(SqliteWrites writes)
    {
        writes.RecordDenials(denials);
        return Outcome = true;
    }
}

/// <summary>Takes the mark of a copy away.</summary>
internal sealed class EndWithholdingRequest : WriteRequest<bool>
{
    private const int BytesOfRow = 128;

    public override int Bytes => BytesOfRow;

    public override bool Write(SqliteWrites writes)
    {
        writes.EndWithholding();
        return Outcome = true;
    }
}

/// <summary>Makes a pool.</summary>
internal sealed class CreateRequest(PoolName pool, long createdSeconds) : WriteRequest<bool>
{
    public override int Bytes => PoolName.MaxBytes;

    public override bool Write(SqliteWrites writes)
    {
        Outcome = writes.CreatePool(pool, createdSeconds);
        return true;
    }
}

/// <summary>Raises the fence of a pool.</summary>
internal sealed class OpenRequest(PoolName pool, Epoch epoch) : WriteRequest<OpenResult>
{
    public override int Bytes => PoolName.MaxBytes;

    public override bool Write(SqliteWrites writes)
    {
        Outcome = writes.RaiseFence(pool, epoch);
        return true;
    }

    public override void Fence() => Answer(new OpenResult(OpenOutcome.Fenced, default, FromKnown: false));
}
