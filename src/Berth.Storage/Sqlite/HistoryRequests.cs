using Berth.Runtime.Journal;

namespace Berth.Storage.Sqlite;

/// <summary>Stores a part of a base.</summary>
internal sealed class BaseRequest(Hold hold, SnapshotPart part) : WriteRequest<AppendResult>
{
    public override int Bytes => part.Bytes.Length;

    public override bool Write(SqliteWrites writes)
    {
        Outcome = writes.WriteBase(hold, part);
        return Outcome.Outcome == AppendOutcome.Committed;
    }

    public override void Refuse(string reason) => Answer(AppendResult.NotWritten(reason));

    public override void Fence() => Answer(AppendResult.Fenced);
}

/// <summary>Takes a base into use and deletes some of what it stands for.</summary>
internal sealed class CutRequest(Hold hold, long upTo, int most) : WriteRequest<CutResult>
{
    private const int BytesOfRow = 256;

    public override int Bytes => most * BytesOfRow;

    public override bool Write(SqliteWrites writes)
    {
        Outcome = writes.Cut(hold, upTo, most);
        return Outcome.Outcome == AppendOutcome.Committed;
    }

    public override void Refuse(string reason) => Answer(new CutResult(AppendOutcome.NotWritten, More: false, reason));

    public override void Fence() => Answer(new CutResult(AppendOutcome.Fenced, More: false));
}

/// <summary>Anything else that needs no ownership.</summary>
internal sealed class HistoryRequest<T>(int bytes, Func<SqliteWrites, T> write) : WriteRequest<T>
{
    public override int Bytes => bytes;

    public override bool Write(SqliteWrites writes)
    {
        Outcome = write(writes);
        return true;
    }
}
