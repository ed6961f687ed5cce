using System.Security.Cryptography;
using System.Text;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Audit;

/// <summary>What was exported.</summary>
/// <param name="Lines">Lines, the last one included.</param>
/// <param name="Events">Events among them.</param>
/// <param name="Pools">Pools.</param>
/// <param name="PublicKey">The key that it is signed with; null: it is not.</param>
public sealed record ExportedAudit(long Lines, long Events, int Pools, ReadOnlyMemory<byte>? PublicKey);

/// <summary>
/// The history of all pools that still comes to be exported while members go on: the heads are taken first, and nothing beyond them is
/// written. Reads in pages and keeps one of them in memory.
/// </summary>
public sealed class AuditExport : IDisposable
{
    private const int PoolsPerPage = 500;
    private const int RecordsPerPage = 64;
    private const int CheckpointsPerPage = 100;
    private const int BufferBytes = 1 << 16;

    private readonly IJournal _journal;
    private readonly Stream _target;
    private readonly CancellationToken _stop;
    private readonly AuditLines _lines = new();
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _buffered;
    private long _written;
    private long _events;

    private AuditExport(IJournal journal, Stream target, CancellationToken stop)
    {
        _journal = journal;
        _target = target;
        _stop = stop;
    }

    /// <summary>
    /// Writes an export. Throws <see cref="InvalidOperationException"/> when the history is cut meanwhile, which
    /// <see cref="HistoryGate"/> prevents within a member, and what stream and store throw. Then the last line is missing.
    /// </summary>
    public static async Task<ExportedAudit> WriteAsync(
        IJournal journal, string cluster, AuditSigner? signer, TimeProvider time, Stream target, CancellationToken stop)
    {
        using var export = new AuditExport(journal, target, stop);
        return await export.WriteAsync(cluster, signer, time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>What the signature of an export signs.</summary>
    internal static byte[] Signed(string cluster, ReadOnlySpan<byte> digest) =>
        Encoding.UTF8.GetBytes($"berth audit export 1\n{cluster}\n{Convert.ToHexStringLower(digest)}\n");

    /// <inheritdoc/>
    public void Dispose()
    {
        _lines.Dispose();
        _digest.Dispose();
    }

    private async Task<ExportedAudit> WriteAsync(string cluster, AuditSigner? signer, long nowMs)
    {
        // Checkpoints before heads: so none of them is ahead of what follows.
        var last = await _journal.History.ReadLastCheckpointAsync();
        var first = last is null ? [] : await _journal.History.ReadCheckpointsAsync(0, 1);
        var pools = await PoolsAsync();
        var header = new AuditHeader(
            cluster, nowMs, signer?.PublicKey, await _journal.History.ReadKeysAsync(),
            first is [var oldest] ? oldest.Number - 1 : 0, last?.Number ?? 0, pools);
        await WriteAsync(_lines.Header(header));
        await CheckpointsAsync(header);
        foreach (var pool in pools)
        {
            await PoolAsync(pool);
        }

        var digest = _digest.GetHashAndReset();
        var signature = signer is null ? default(ReadOnlyMemory<byte>?) : signer.Sign(Signed(cluster, digest));
        await WriteAsync(_lines.Trailer(_written, digest, signature));
        await SendAsync();
        await _target.FlushAsync(_stop);
        return new ExportedAudit(_written, _events, pools.Count, signer?.PublicKey);
    }

    private async Task<List<ExportedPool>> PoolsAsync()
    {
        var pools = new List<ExportedPool>();
        PoolName? after = null;
        while (true)
        {
            var page = await _journal.History.ReadHeadsAsync(after, PoolsPerPage);
            foreach (var head in page)
            {
                pools.Add(new ExportedPool(head.Pool, head.Head, head.Base, head.Base.Version == 0 ? 0 : await PartsAsync(head)));
            }

            if (page.Count < PoolsPerPage)
            {
                return pools;
            }

            after = page[^1].Pool;
        }
    }

    private async Task<int> PartsAsync(PoolHead head)
    {
        var count = 0;
        await _journal.History.ReadBaseAsync(head.Pool, part => count = part.Version == head.Base.Version ? part.Count : 0);
        return count > 0 ? count : throw Moved(head.Pool);
    }

    private async Task CheckpointsAsync(AuditHeader header)
    {
        for (var number = header.CheckpointsAfter; number < header.LastCheckpoint;)
        {
            var page = await _journal.History.ReadCheckpointsAsync(number, CheckpointsPerPage);
            foreach (var row in page.TakeWhile(row => row.Number <= header.LastCheckpoint))
            {
                await WriteAsync(row.Number == ++number ? _lines.Checkpoint(Checkpoint.Parse(row.Bytes.Span), row) : throw Gone());
            }

            if (page.Count == 0)
            {
                throw Gone();
            }
        }

        static InvalidOperationException Gone() => new("checkpoints were forgotten while they were exported: export again");
    }

    private async Task PoolAsync(ExportedPool pool)
    {
        var parts = new List<SnapshotPart>();
        if (pool.BaseParts > 0)
        {
            // A base is the live state at one moment: as large as what the member holds in memory anyway.
            await _journal.History.ReadBaseAsync(pool.Name, part => parts.Add(part with { Bytes = part.Bytes.ToArray() }));
        }

        if (parts.Count != pool.BaseParts || parts.Exists(part => part.Version != pool.Base.Version))
        {
            throw Moved(pool.Name);
        }

        foreach (var part in parts)
        {
            await WriteAsync(_lines.Base(pool.Name, part.Index + 1, part.Count, part.Bytes.Span));
        }

        var version = pool.Base.Version;
        var hash = pool.Base.Hash.ToArray();
        while (version < pool.Head.Version)
        {
            var page = await _journal.ReadAsync(pool.Name, version, RecordsPerPage);
            if (page.Count == 0)
            {
                throw Moved(pool.Name);
            }

            foreach (var record in page)
            {
                version = record.FirstVersion == version + 1 ? await RecordAsync(pool, record, hash) : throw Moved(pool.Name);
            }
        }
    }

    private async Task<long> RecordAsync(ExportedPool pool, JournalRecord record, byte[] hash)
    {
        var version = record.FirstVersion - 1;
        if (version >= pool.Head.Version)
        {
            return record.LastVersion;
        }

        foreach (var stored in new EventFrames(record.Bytes))
        {
            AuditChain.Extend(hash, stored.Span);
            await WriteAsync(_lines.Event(pool.Name, ++version, EventCodec.Read(stored.Span), stored.Span, hash));
            _events++;
        }

        return version;
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> line)
    {
        _digest.AppendData(line.Span);
        _written++;
        if (line.Length > BufferBytes - _buffered)
        {
            await SendAsync();
        }

        if (line.Length > BufferBytes)
        {
            await _target.WriteAsync(line, _stop);
            return;
        }

        line.CopyTo(_buffer.AsMemory(_buffered));
        _buffered += line.Length;
    }

    private async ValueTask SendAsync()
    {
        await _target.WriteAsync(_buffer.AsMemory(0, _buffered), _stop);
        _buffered = 0;
    }

    private static InvalidOperationException Moved(PoolName pool) =>
        new($"the history of pool {pool} was cut while it was exported: export again");
}
