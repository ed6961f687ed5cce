using Microsoft.Extensions.Logging;

namespace Berth.Simulation.Cluster;

/// <summary>What a member writes for its operator becomes part of the history, where one is kept.</summary>
internal sealed class MemberLog(Witness witness, string member) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => witness.Line is not null;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            witness.Say($"{member} {logLevel}: {formatter(state, exception)}");
        }
    }
}
