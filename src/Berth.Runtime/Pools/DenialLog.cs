using Berth.Pools;
using Berth.Runtime.Journal;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Pools;

/// <summary>
/// Counts the claims that were denied and hands the counts to the journal every few seconds. Any thread may note a denial;
/// the rest belongs to the one loop that ticks. Counts of a write that failed are kept and written with the next; where nobody
/// knows how it ended, they may be counted twice. What a process counted since its last write is lost when it is killed.
/// </summary>
internal sealed class DenialLog(IJournal journal, TimeProvider time, ILogger log)
{
    /// <summary>The most that is counted by node between two writes, and the most that is kept of failed ones.</summary>
    public const int Capacity = 10_000;

    /// <summary>How often the counts are written.</summary>
    public static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(5);

    /// <summary>Guards <see cref="_fresh"/>; held for one look into a dictionary.</summary>
    private readonly Lock _gate = new();
    private DenialTally _fresh = new(Capacity);

    /// <summary>Taken from the fresh ones and not written yet. Only the write under way touches it.</summary>
    private DenialTally _taken = new(Capacity);
    private Task _writing = Task.CompletedTask;
    private long _lastWrite = time.GetTimestamp();
    private bool _failing;

    /// <summary>Counts the answer to a claim if it is a denial.</summary>
    public void Note(PoolName pool, Fingerprint node, PoolReply reply)
    {
        if (DenialReasons.Of(reply) is not { } reason)
        {
            return;
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var denial = new DenialCount(pool, reason, node, 1, now, now);
        lock (_gate)
        {
            _fresh.Add(denial);
        }
    }

    /// <summary>Begins a write when one is due and none is under way. Never waits for it.</summary>
    public void Tick()
    {
        if (_writing.IsCompleted && time.GetElapsedTime(_lastWrite) >= WriteEvery)
        {
            _lastWrite = time.GetTimestamp();
            _writing = WriteAsync();
        }
    }

    /// <summary>Writes what is left, once. Nothing ticks any more.</summary>
    public async Task CloseAsync()
    {
        await _writing;
        await WriteAsync();
        if (!_taken.IsEmpty)
        {
            log.DenialsLost(_taken.Counts.Sum(denial => denial.Count));
        }
    }

    private async Task WriteAsync()
    {
        Take();
        try
        {
            // A dictionary may lose entries while somebody enumerates it.
            foreach (var part in _taken.Counts.Chunk(DenialCount.MaxAtOnce))
            {
                await journal.RecordDenialsAsync(part);
                _taken.Remove(part);
            }

            _failing = false;
        }
        catch (Exception failure)
        {
            // Said once for each time that the store goes away.
            if (!_failing)
            {
                log.DenialsNotWritten(failure, failure.Message);
            }

            _failing = true;
        }
    }

    private void Take()
    {
        DenialTally fresh;
        lock (_gate)
        {
            if (_fresh.IsEmpty)
            {
                return;
            }

            fresh = _fresh;
            _fresh = new DenialTally(Capacity);
        }

        if (_taken.IsEmpty)
        {
            _taken = fresh;
            return;
        }

        foreach (var denial in fresh.Counts)
        {
            _taken.Add(denial);
        }
    }
}

internal static partial class DenialLogLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "denials.unrecorded: denials cannot be recorded for now: {reason}")]
    public static partial void DenialsNotWritten(this ILogger log, Exception failure, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "denials.lost: {count} denials were not recorded before the end")]
    public static partial void DenialsLost(this ILogger log, long count);
}
