using Microsoft.Extensions.Logging;

namespace Berth.Cli.Output;

/// <summary>What a verb's pools have to say while the verb runs: warnings and worse, as lines on standard error.</summary>
internal sealed class WarningLines(Shell shell) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and not LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            shell.Error.WriteLine($"warning: {formatter(state, exception)}{(exception is null ? string.Empty : ": " + exception.Message)}");
        }
    }
}
