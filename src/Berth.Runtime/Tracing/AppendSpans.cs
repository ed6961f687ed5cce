using System.Diagnostics;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;

namespace Berth.Runtime.Tracing;

/// <summary>
/// An append carries the decisions of many requests, each of another trace. So the span is written when it has ended, once for each request that is traced, with
/// the times that it took.
/// </summary>
internal static class AppendSpans
{
    /// <summary>The most that one append is told to, so that a turn is not kept.</summary>
    private const int Most = 32;

    /// <summary>Writes them.</summary>
    /// <param name="mails">What was decided together.</param>
    /// <param name="pool">Where.</param>
    /// <param name="began">When the append began.</param>
    /// <param name="now">When it ended.</param>
    /// <param name="outcome">How; null: nobody knows.</param>
    public static void Write(IReadOnlyList<PoolMail> mails, PoolName pool, DateTimeOffset began, DateTimeOffset now, AppendOutcome? outcome)
    {
        var written = 0;
        for (var i = 0; i < mails.Count && written < Most; i++)
        {
            if (!mails[i].Writes || mails[i].Trace == default)
            {
                continue;
            }

            using var span = Traces.Source.StartActivity("append", ActivityKind.Internal, mails[i].Trace, startTime: began);
            span?.SetTag("berth.pool", pool.ToString());
            span?.SetTag("berth.commands", mails.Count);
            span?.SetTag("berth.outcome", outcome?.ToString() ?? "Unknown");
            span?.SetEndTime(now.UtcDateTime);
            written++;
        }
    }
}
