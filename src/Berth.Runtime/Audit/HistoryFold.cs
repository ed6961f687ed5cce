using System.Security.Cryptography;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;

namespace Berth.Runtime.Audit;

/// <summary>
/// The beginning of a pool's history, folded by the rules into the state that will stand for it. Reads the store, beside the actor; needs
/// about the memory that the pool's state has.
/// </summary>
internal sealed class HistoryFold(IJournal journal, PoolHead pool)
{
    private const int RecordsPerPage = 64;

    private readonly PoolReplay _replay = new(pool.Pool);

    /// <summary>The version after which the history will begin; 0: there is nothing to cut.</summary>
    public long UpTo => _replay.State.Version > pool.Base.Version ? _replay.State.Version : 0;

    /// <summary>The state, as parts of a base.</summary>
    public IEnumerable<SnapshotPart> Parts()
    {
        var parts = new SnapshotParts(_replay.State.Capture());
        for (var index = 0; index < parts.Count; index++)
        {
            yield return new SnapshotPart(UpTo, _replay.Head, index, parts.Count, parts.Encode(index));
        }
    }

    /// <summary>SHA-256 over the bytes of all parts.</summary>
    public byte[] Digest()
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in Parts())
        {
            digest.AppendData(part.Bytes.Span);
        }

        return digest.GetHashAndReset();
    }

    /// <summary>When the oldest event happened (Unix milliseconds); null: there is none.</summary>
    public static async ValueTask<long?> OldestMsAsync(IJournal journal, PoolHead pool) =>
        await journal.ReadAsync(pool.Pool, pool.Base.Version, 1) is [var first] ? EndsMs(first) : null;

    /// <summary>
    /// Folds whole records from the beginning on: those that end before <paramref name="beforeMs"/>, and older ones until about
    /// <paramref name="bytes"/> bytes of them are folded, but none that ends after <paramref name="lastVersion"/> for their sake.
    /// </summary>
    public async Task RunAsync(long beforeMs, long bytes, long lastVersion, CancellationToken stop)
    {
        _replay.Begin();
        await journal.History.ReadBaseAsync(pool.Pool, _replay.Take);
        if (_replay.State.Version != pool.Base.Version)
        {
            throw new InvalidDataException($"the base of pool {pool.Pool} is at {_replay.State.Version}, not at {pool.Base.Version}");
        }

        var folded = 0L;
        while (!stop.IsCancellationRequested)
        {
            var page = await journal.ReadAsync(pool.Pool, _replay.State.Version, RecordsPerPage);
            foreach (var record in page)
            {
                var old = EndsMs(record) < beforeMs;
                if (record.LastVersion > pool.Head.Version || !(old || (folded < bytes && record.LastVersion <= lastVersion)))
                {
                    return;
                }

                _replay.Take(record);
                folded += record.Bytes.Length + OverheadBytes;
            }

            if (page.Count == 0)
            {
                return;
            }
        }
    }

    /// <summary>What a record takes besides its events: its place, its hash, and its share of a page.</summary>
    private const int OverheadBytes = 64;

    private static long EndsMs(JournalRecord record)
    {
        ReadOnlyMemory<byte> last = default;
        foreach (var stored in new EventFrames(record.Bytes))
        {
            last = stored;
        }

        return EventCodec.Read(last.Span).Stamp.WallMs;
    }
}
