using System.Buffers.Binary;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Simulation.Kernel;

/// <summary><see cref="IJournal.CreatePoolAsync"/>.</summary>
internal sealed record CreatePool(PoolName Pool) : StoreOperation<bool>
{
    public override bool Apply(StoreTruth truth) => Now(truth.Journal.CreatePoolAsync(Pool));
}

/// <summary>The answer to an open, with what is to be replayed.</summary>
internal sealed record OpenedPool(OpenResult Result, IReadOnlyList<ReplayItem> Replay);

/// <summary><see cref="IJournal.OpenAsync"/>.</summary>
internal sealed record OpenPool(PoolName Pool, Epoch Epoch, KnownPosition? Known) : StoreOperation<OpenedPool>
{
    public override ulong Mark => Rolling.With(base.Mark, Pool.Value);

    public override OpenedPool Apply(StoreTruth truth)
    {
        var replay = new List<ReplayItem>();
        return new(Now(truth.Journal.OpenAsync(Pool, Epoch, Known, replay.Add)), replay);
    }
}

/// <summary><see cref="IJournal.AppendAsync"/>.</summary>
internal sealed record AppendBatch(PoolName Pool, Epoch Epoch, Opening Opening, long ExpectedVersion, JournalBatch Batch)
    : StoreOperation<AppendResult>
{
    /// <summary>The chain hash stands for everything that was written before.</summary>
    public override ulong Mark => Batch.Hash.Length < sizeof(ulong) ? base.Mark : BinaryPrimitives.ReadUInt64LittleEndian(Batch.Hash.Span);

    public override AppendResult Apply(StoreTruth truth) =>
        Now(truth.Journal.AppendAsync(Pool, Epoch, Opening, ExpectedVersion, Batch));

    public override bool TryRefuse(string reason, out AppendResult refusal)
    {
        refusal = AppendResult.NotWritten(reason);
        return true;
    }
}

/// <summary><see cref="IJournal.WriteSnapshotAsync"/>.</summary>
internal sealed record WriteSnapshot(PoolName Pool, Epoch Epoch, Opening Opening, SnapshotPart Part) : StoreOperation<AppendResult>
{
    public override AppendResult Apply(StoreTruth truth) => Now(truth.Journal.WriteSnapshotAsync(Pool, Epoch, Opening, Part));

    public override bool TryRefuse(string reason, out AppendResult refusal)
    {
        refusal = AppendResult.NotWritten(reason);
        return true;
    }
}

/// <summary><see cref="IJournal.RecordDenialsAsync"/>.</summary>
internal sealed record RecordDenials(IReadOnlyList<DenialCount> Denials) : StoreOperation<bool>
{
    public override bool Apply(StoreTruth truth) => Now(truth.Journal.RecordDenialsAsync(Denials));
}

/// <summary><see cref="IHistory.WriteBaseAsync"/>.</summary>
internal sealed record StoreBasePart(PoolName Pool, Epoch Epoch, Opening Opening, SnapshotPart Part) : StoreOperation<AppendResult>
{
    public override AppendResult Apply(StoreTruth truth) => Now(truth.Journal.History.WriteBaseAsync(Pool, Epoch, Opening, Part));

    public override bool TryRefuse(string reason, out AppendResult refusal)
    {
        refusal = AppendResult.NotWritten(reason);
        return true;
    }
}

/// <summary><see cref="IHistory.CutAsync"/>.</summary>
internal sealed record CutRecords(PoolName Pool, Epoch Epoch, Opening Opening, long UpTo, int Most) : StoreOperation<CutResult>
{
    public override CutResult Apply(StoreTruth truth) => Now(truth.Journal.History.CutAsync(Pool, Epoch, Opening, UpTo, Most));

    public override bool TryRefuse(string reason, out CutResult refusal)
    {
        refusal = new CutResult(AppendOutcome.NotWritten, More: false, reason);
        return true;
    }
}

/// <summary><see cref="IHistory.AppendCheckpointAsync"/>.</summary>
internal sealed record AppendCheckpoint(CheckpointRow Checkpoint) : StoreOperation<bool>
{
    public override bool Apply(StoreTruth truth) => Now(truth.Journal.History.AppendCheckpointAsync(Checkpoint));
}
