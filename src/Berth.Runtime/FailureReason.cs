namespace Berth.Runtime;

/// <summary>What a line of the log says of a failure that is expected, such as a store that is away: what happened, in words for operators.</summary>
internal static class FailureReason
{
    private static readonly string[] _ofNoWord = [new OperationCanceledException().Message, new TaskCanceledException().Message];

    /// <summary>The message, with what was found underneath; a call that was given up had no answer in time.</summary>
    public static string Of(Exception failure) => failure switch
    {
        OperationCanceledException given when _ofNoWord.Contains(given.Message, StringComparer.Ordinal) => "no answer in time",
        { InnerException: { } inner } when !failure.Message.Contains(inner.Message, StringComparison.Ordinal) => $"{failure.Message}: {inner.Message}",
        _ => failure.Message,
    };
}
