using Microsoft.Extensions.Logging;

namespace Berth.Server.Http;

/// <summary>
/// The log of the web server without the one error that any stranger can make it write: it takes trailers that are no text, of a body
/// that nobody reads, for a fault of its own. The connection is closed all the same.
/// </summary>
internal sealed class WebServerLog(ILoggerFactory logs) : ILoggerFactory
{
    private const string Category = "Microsoft.AspNetCore.Server.Kestrel";
    private const string BodyThatIsNone = "RequestBodyDrainBodyReaderInvalidState";

    public ILogger CreateLogger(string categoryName)
    {
        var log = logs.CreateLogger(categoryName);
        return categoryName == Category ? new WithoutStrangers(log) : log;
    }

    public void AddProvider(ILoggerProvider provider) => logs.AddProvider(provider);

    public void Dispose()
    {
        // The member's log outlives the web server.
    }

    private sealed class WithoutStrangers(ILogger log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name != BodyThatIsNone)
            {
                log.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
