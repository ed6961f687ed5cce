using Microsoft.Extensions.Logging;

namespace Berth.Server.Forwarding;

/// <summary>Says that the member does not answer, once a minute, however many requests find out.</summary>
internal sealed class LinkTroubles(TimeProvider time, ILogger log)
{
    private static readonly TimeSpan _betweenLines = TimeSpan.FromMinutes(1);

    private long _unanswered;
    private long _saidAt = time.GetTimestamp() - (long)(_betweenLines.TotalSeconds * time.TimestampFrequency);

    /// <summary>A request had no answer from the member.</summary>
    public void Tell(string reason)
    {
        Interlocked.Increment(ref _unanswered);
        var said = Volatile.Read(ref _saidAt);
        if (time.GetElapsedTime(said) >= _betweenLines && Interlocked.CompareExchange(ref _saidAt, time.GetTimestamp(), said) == said)
        {
            log.MemberUnreachable(Interlocked.Exchange(ref _unanswered, 0), reason);
        }
    }
}

internal static partial class LinkTroublesLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "edge.unanswered: {count} requests had no answer from the member since the last such line; the last: {reason}")]
    public static partial void MemberUnreachable(this ILogger log, long count, string reason);
}
