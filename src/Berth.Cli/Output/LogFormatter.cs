using Berth.Server.Logs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Berth.Cli.Output;

/// <summary>Writes a member's log lines to the console.</summary>
/// <param name="time">When they are written.</param>
/// <param name="json">One object of JSON a line, or text.</param>
/// <param name="color">Whether levels are colored.</param>
/// <param name="withStack">Whether exceptions come with where they were thrown.</param>
internal sealed class LogFormatter(TimeProvider time, bool json, bool color, bool withStack) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "berth";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = LogLines.Of(
            time.GetUtcNow(), logEntry.LogLevel, logEntry.Category, logEntry.State, logEntry.Exception, logEntry.Formatter ?? Plain, withStack);
        textWriter.Write(json ? LogText.Json(line) : LogText.Of(line, color));
        textWriter.Write('\n');
    }

    private static string Plain<TState>(TState state, Exception? error) => state?.ToString() ?? string.Empty;
}
