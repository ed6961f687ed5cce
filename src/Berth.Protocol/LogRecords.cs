using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Berth.Protocol;

/// <summary>A line of a member's log, as <c>--log-format json</c> writes it.</summary>
/// <param name="Time">When, in RFC 3339, UTC, with milliseconds.</param>
/// <param name="Level">One of <see cref="LogLevels"/>.</param>
/// <param name="Event">What happened, such as <c>member.down</c>; null: the line is not Berth's own.</param>
/// <param name="Message">For people. Begins with the event. May hold any character.</param>
/// <param name="Category">Which part of the program says it.</param>
/// <param name="Data">The values that the message names.</param>
/// <param name="Error">The exception that came with it.</param>
/// <param name="TraceId">The trace that it belongs to, as W3C writes it.</param>
/// <param name="SpanId">The span that it belongs to.</param>
/// <param name="Sequence">Its number in a member's memory; null: it was written, not asked for.</param>
public sealed record LogLine(
    string Time,
    string Level,
    string? Event,
    string Message,
    string Category,
    JsonObject? Data,
    LogError? Error,
    [property: JsonPropertyName("trace_id")] string? TraceId,
    [property: JsonPropertyName("span_id")] string? SpanId,
    long? Sequence = null);

/// <summary>An exception in a line of a log.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Message">What it says.</param>
/// <param name="Stack">Where it was thrown; null unless the member logs at debug or finer.</param>
public sealed record LogError(string Type, string Message, string? Stack);

/// <summary>Some lines of a member's log, in order.</summary>
/// <param name="Lines">The lines.</param>
/// <param name="Next">Ask on after this number.</param>
/// <param name="Missed">So many lines were forgotten between the number that was asked after and the first that is still known.</param>
/// <param name="Run">Which run of the member this is: numbers begin anew with each.</param>
/// <param name="Level">The finest level that the member logs.</param>
public sealed record LogPage(IReadOnlyList<LogLine> Lines, long Next, long Missed, string Run, string Level);

/// <summary>Which lines of a log are wanted.</summary>
/// <param name="After">Those after this number; null: the last ones.</param>
/// <param name="Run">The run that the number is of; of another one, all lines are wanted. Null: whichever it is.</param>
/// <param name="Level">The finest level that is wanted.</param>
/// <param name="WaitSeconds">How long to wait where there are none, 0 to <see cref="MaxWaitSeconds"/>.</param>
/// <param name="Limit">The most lines.</param>
public sealed record LogQuery(long? After, string? Run, string Level, int WaitSeconds, int Limit)
{
    /// <summary>The longest wait.</summary>
    public const int MaxWaitSeconds = 30;
}

/// <summary>How much a line of a log matters, the most first.</summary>
public static class LogLevels
{
    /// <summary>Seats are not given, or a part of the member has ended.</summary>
    public const string Critical = "critical";

    /// <summary>Something failed.</summary>
    public const string Error = "error";

    /// <summary>Something is not as it should be.</summary>
    public const string Warning = "warning";

    /// <summary>Something happened that operators want to know.</summary>
    public const string Info = "info";

    /// <summary>For who looks for a fault.</summary>
    public const string Debug = "debug";

    /// <summary>Everything.</summary>
    public const string Trace = "trace";

    /// <summary>The levels that can be asked for, the finest last.</summary>
    public static IReadOnlyList<string> All { get; } = [Critical, Error, Warning, Info, Debug, Trace];

    /// <summary>Whether a line of one level is wanted by who wants those of another one, and what matters more.</summary>
    public static bool Reaches(string level, string wanted) => Rank(level) <= Rank(wanted);

    private static int Rank(string level)
    {
        for (var rank = 0; rank < All.Count; rank++)
        {
            if (string.Equals(All[rank], level, StringComparison.Ordinal))
            {
                return rank;
            }
        }

        return All.Count;
    }
}
