using Berth.Pools;
using Berth.Runtime.Journal;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Audit;

/// <summary>
/// Writes a signed checkpoint every minute in which something happened, and one at the end. Reads the heads from the store, beside the
/// actors. A checkpoint that cannot be written is made up for by the next: it names all that changed since the last that was. Of several
/// members one writes for all; where two believe that it is they, the numbers keep them apart.
/// </summary>
/// <param name="journal">The heads, and where checkpoints go.</param>
/// <param name="cluster">Which cluster they are of.</param>
/// <param name="signer">Signs them.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Told when they cannot be written.</param>
/// <param name="isWriter">Whether this member is the one that writes, asked each time.</param>
public sealed class CheckpointLog(
    IJournal journal, string cluster, AuditSigner signer, TimeProvider time, ILogger log, Func<bool> isWriter)
{
    /// <summary>How often a checkpoint may be written.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>How often a checkpoint names all pools, changed or not.</summary>
    public static readonly TimeSpan NameAllEvery = TimeSpan.FromDays(1);

    private const int PoolsPerPage = 500;

    /// <summary>The last version of each pool that was named by this process.</summary>
    private readonly Dictionary<string, long> _named = new(StringComparer.Ordinal);
    private bool _failing;
    private long? _allNamedAt;

    /// <summary>Writes until <paramref name="stop"/>, and once more then: nothing else may be written any more.</summary>
    public async Task RunAsync(Task stop)
    {
        using var timer = new PeriodicTimer(Every, time);
        var stopped = EndAsync(stop, timer);
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            await WriteAsync();
        }

        await stopped;
        await WriteAsync();
    }

    /// <summary>Writes what changed since the last checkpoint; failures are logged.</summary>
    public async Task WriteAsync()
    {
        if (!isWriter())
        {
            // Whoever writes now names what it finds: this member knows no more what was named.
            _allNamedAt = null;
            return;
        }

        try
        {
            if (!await WriteChangedAsync())
            {
                _allNamedAt = null;
                log.CheckpointOfAnother();
            }

            _failing = false;
        }
        catch (Exception failure)
        {
            // Said once for each time that the store goes away.
            if (!_failing)
            {
                log.CheckpointFailed(failure, failure.Message);
            }

            _failing = true;
        }
    }

    private static async Task EndAsync(Task stop, PeriodicTimer timer)
    {
        await stop;
        timer.Dispose();
    }

    /// <summary>False: another member has written one at the same time, and this one begins anew the next time.</summary>
    private async Task<bool> WriteChangedAsync()
    {
        // The last one first: heads that are read after it are not older than those it names.
        var last = await journal.History.ReadLastCheckpointAsync();
        var heads = await HeadsAsync();
        if (_allNamedAt is not { } at || time.GetElapsedTime(at) >= NameAllEvery)
        {
            // Old checkpoints are forgotten: those that are kept must name each pool, however long it has rested.
            _allNamedAt = time.GetTimestamp();
            _named.Clear();
        }

        var changed = heads.Where(head => _named.GetValueOrDefault(head.Pool.Value) != head.Version).Chunk(Checkpoint.MaxHeads).ToList();
        if (changed.Count == 0)
        {
            return true;
        }

        await journal.History.RecordKeyAsync(signer.PublicKey, time.GetUtcNow().ToUnixTimeMilliseconds());
        var root = Checkpoint.RootOf(heads);
        for (var part = 0; part < changed.Count; part++)
        {
            var checkpoint = new Checkpoint(
                cluster,
                (last?.Number ?? 0) + 1,
                time.GetUtcNow().ToUnixTimeMilliseconds(),
                last is null ? new byte[AuditChain.HashBytes] : Checkpoint.HashOf(last),
                signer.PublicKey,
                part + 1,
                changed.Count,
                heads.Count,
                root,
                changed[part]);
            var bytes = checkpoint.ToBytes();
            last = new CheckpointRow(checkpoint.Number, checkpoint.TimeMs, bytes, signer.Sign(bytes));
            if (!await journal.History.AppendCheckpointAsync(last))
            {
                return false;
            }

            foreach (var head in changed[part])
            {
                _named[head.Pool.Value] = head.Version;
            }
        }

        return true;
    }

    /// <summary>The heads of all pools that have an event.</summary>
    private async Task<List<ChainHead>> HeadsAsync()
    {
        var heads = new List<ChainHead>();
        PoolName? after = null;
        while (true)
        {
            var page = await journal.History.ReadHeadsAsync(after, PoolsPerPage);
            heads.AddRange(page.Where(head => head.Head.Version > 0).Select(head => new ChainHead(head.Pool, head.Head.Version, head.Head.Hash)));
            if (page.Count < PoolsPerPage)
            {
                return heads;
            }

            after = page[^1].Pool;
        }
    }
}

internal static partial class CheckpointLogLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "checkpoint.unwritten: audit checkpoints cannot be written for now: {reason}")]
    public static partial void CheckpointFailed(this ILogger log, Exception failure, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "checkpoint.taken: another member has written an audit checkpoint at the same time; the next one is written as usual")]
    public static partial void CheckpointOfAnother(this ILogger log);
}
