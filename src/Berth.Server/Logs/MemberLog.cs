using Berth.Protocol;

namespace Berth.Server.Logs;

/// <summary>Answers who asks for a member's log, and lets some wait for lines to come.</summary>
/// <param name="ring">The lines; null: no member serves.</param>
/// <param name="time">Measures the wait.</param>
/// <param name="ending">The member ends: nobody waits for long any more, because its listeners wait for who waits.</param>
public sealed class MemberLog(LogRing? ring, TimeProvider time, CancellationToken ending) : IMemberLog
{
    /// <summary>So many may wait at once.</summary>
    public const int MostWaiting = 32;

    /// <summary>How long who asks of a member that ends may wait yet.</summary>
    private static readonly TimeSpan _lastWait = TimeSpan.FromMilliseconds(200);

    private int _waiting;

    /// <inheritdoc/>
    public async ValueTask<Answer<LogPage>> ReadAsync(LogQuery query, CancellationToken stop)
    {
        if (ring is null)
        {
            return new Problem(ProblemCodes.Unavailable, 503, "no member serves this store, so there is no log: start one with serve");
        }

        var (page, more) = ring.Read(query);
        if (page.Lines.Count > 0 || page.Missed > 0 || query.WaitSeconds == 0)
        {
            return page;
        }

        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return new Problem(ProblemCodes.TooManyRequests, 429, $"{MostWaiting} wait for this member's log already: ask again later, or with wait=0");
        }

        try
        {
            return await WaitAsync(ring, query, page, more, stop);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async ValueTask<LogPage> WaitAsync(LogRing lines, LogQuery query, LogPage page, Task more, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(query.WaitSeconds), time);
        using var registration = ending.Register(() => limit.CancelAfter(_lastWait));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        while (page.Lines.Count == 0 && page.Missed == 0)
        {
            try
            {
                await more.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                return page;
            }

            // What was looked at already is not missed when it is forgotten meanwhile.
            (page, more) = lines.Read(query with { After = page.Next, Run = page.Run });
        }

        return page;
    }
}
