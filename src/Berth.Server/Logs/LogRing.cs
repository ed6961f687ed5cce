using System.Security.Cryptography;
using Berth.Protocol;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Logs;

/// <summary>
/// The last lines of a member's log, in memory: at most <see cref="MaxLines"/> and about <see cref="MaxBytes"/>. Whoever is late misses the
/// oldest, and is told how many.
/// </summary>
/// <param name="time">When lines are written.</param>
/// <param name="finest">The finest level that is logged; at debug and finer, with the stacks of exceptions.</param>
public sealed class LogRing(TimeProvider time, LogLevel finest) : ILoggerProvider
{
    /// <summary>The most lines.</summary>
    public const int MaxLines = 4_000;

    /// <summary>The most bytes of all lines together, about.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Guards the fields below.</summary>
    private readonly Lock _gate = new();
    private readonly Queue<LogLine> _lines = new();
    private TaskCompletionSource _more = NewSignal();
    private long _last;
    private long _bytes;

    /// <summary>Which run of the member this is.</summary>
    public string Run { get; } = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>The finest level that is logged.</summary>
    public string Level { get; } = LogLines.NameOf(finest);

    /// <summary>What a query wants and is there now, and a task that ends with the next line.</summary>
    public (LogPage Page, Task More) Read(LogQuery query)
    {
        lock (_gate)
        {
            return (query.After is null ? Last_NeedsLock(query) : After_NeedsLock(query), _more.Task);
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    /// <inheritdoc/>
    public void Dispose() => GC.SuppressFinalize(this);

    private void Add(LogLine line)
    {
        lock (_gate)
        {
            _lines.Enqueue(line with { Sequence = ++_last });
            _bytes += Weight(line);
            while (_lines.Count > MaxLines || (_bytes > MaxBytes && _lines.Count > 1))
            {
                _bytes -= Weight(_lines.Dequeue());
            }

            _more.SetResult();
            _more = NewSignal();
        }
    }

    private LogPage Last_NeedsLock(LogQuery query) =>
        Page_NeedsLock([.. _lines.Where(line => LogLevels.Reaches(line.Level, query.Level)).TakeLast(query.Limit)], _last, missed: 0);

    private LogPage After_NeedsLock(LogQuery query)
    {
        var after = query.Run is null || query.Run == Run ? Math.Clamp(query.After!.Value, 0, _last) : 0;
        var found = new List<LogLine>();
        var next = _last;
        foreach (var line in _lines)
        {
            if (line.Sequence <= after || !LogLevels.Reaches(line.Level, query.Level))
            {
                continue;
            }

            if (found.Count == query.Limit)
            {
                next = found[^1].Sequence!.Value;
                break;
            }

            found.Add(line);
        }

        return Page_NeedsLock(found, next, Math.Max(0, _last - _lines.Count - after));
    }

    private LogPage Page_NeedsLock(IReadOnlyList<LogLine> lines, long next, long missed) => new(lines, next, missed, Run, Level);

    /// <summary>What a line takes in memory, about.</summary>
    private static long Weight(LogLine line) =>
        512 + (2 * (line.Message.Length + (line.Error?.Message.Length ?? 0) + (line.Error?.Stack?.Length ?? 0)))
            + (line.Data?.Sum(value => 128 + (2 * (value.Value?.GetValueKind() == System.Text.Json.JsonValueKind.String ? value.Value.GetValue<string>().Length : 0))) ?? 0);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One category's logger.</summary>
    private sealed class Writer(LogRing ring, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            ring.Add(LogLines.Of(ring.Now, logLevel, category, state, exception, formatter, ring.WithStack));
    }

    private DateTimeOffset Now => time.GetUtcNow();

    private bool WithStack => finest <= LogLevel.Debug;
}
