using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Pools;

/// <summary>
/// Builds a pool's state from what the journal replays, starting from what is in memory if there is any. After a failure
/// midway, what was replayed up to the last whole record is kept and known.
/// </summary>
internal sealed class PoolReplay(PoolName name)
{
    private bool _insideSnapshot;
    private bool _continued;

    public PoolState State { get; private set; } = new(name);

    /// <summary>The chain hash at the state's version.</summary>
    public byte[] Head { get; private set; } = new byte[AuditChain.HashBytes];

    /// <summary>The state was built anew, and nobody has yet said how long its claims live.</summary>
    public bool NeedsRecovery { get; private set; } = true;

    /// <summary>The version of the newest snapshot that was replayed; 0: none.</summary>
    public long SnapshotVersion { get; private set; }

    /// <summary>What the journal may take as known; null: nothing.</summary>
    public KnownPosition? Known => State.Version == 0 ? null : new KnownPosition(State.Version, Head);

    /// <summary>A batch became durable.</summary>
    public void Advanced(ReadOnlySpan<byte> head)
    {
        State.Keep();
        head.CopyTo(Head);
    }

    /// <summary>Forgets what is in memory: the next open replays everything.</summary>
    public void Forget()
    {
        State = new PoolState(name);
        Head = new byte[AuditChain.HashBytes];
        NeedsRecovery = true;
        _insideSnapshot = false;
        SnapshotVersion = 0;
    }

    /// <summary>Called before each open.</summary>
    public void Begin()
    {
        if (_insideSnapshot)
        {
            Forget();
        }

        _continued = false;
    }

    /// <summary>Takes the next thing replayed.</summary>
    public void Take(ReplayItem item)
    {
        switch (item)
        {
            case SnapshotPart part: TakePart(part); break;
            case JournalRecord record: TakeRecord(record); break;
            default: throw new InvalidDataException($"A replay holds a {item.GetType().Name}, which is not known.");
        }
    }

    /// <summary>The open succeeded; <paramref name="fromKnown"/> as the journal says.</summary>
    public void Finish(bool fromKnown)
    {
        if (!fromKnown && !_continued && State.Version != 0)
        {
            Forget();
        }
    }

    /// <summary>The claims' deadlines are set; they are live from here on.</summary>
    public void Recovered() => NeedsRecovery = false;

    private void TakePart(SnapshotPart part)
    {
        if (part.Index == 0)
        {
            Forget();
        }

        _continued = true;
        _insideSnapshot = true;
        SnapshotCodec.Read(State, part.Bytes.Span);
        _insideSnapshot = part.Index + 1 < part.Count;
        part.Hash.Span.CopyTo(Head);
        SnapshotVersion = part.Version;
    }

    private void TakeRecord(JournalRecord record)
    {
        if (record.FirstVersion == 1 && State.Version != 0)
        {
            Forget();
        }

        if (_insideSnapshot || record.FirstVersion != State.Version + 1)
        {
            throw new InvalidDataException(
                $"Pool {name}: version {record.FirstVersion} follows version {State.Version}: events are missing; restore a backup.");
        }

        _continued = true;
        var known = new KnownNames(State);
        try
        {
            foreach (var stored in new EventFrames(record.Bytes))
            {
                Pool.Evolve(State, EventCodec.Read(stored.Span, known));
            }
        }
        catch
        {
            State.Undo();
            throw;
        }

        State.Keep();
        record.Hash.Span.CopyTo(Head);
    }
}
