using System.Collections;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Berth.Protocol;
using Berth.Storage;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Logs;

/// <summary>From what the program logs to lines: the same ones, wherever they go.</summary>
public static partial class LogLines
{
    private const int MaxMessage = 4_096;
    private const int MaxValue = 1_024;
    private const int MaxStack = 16_384;
    private const int MaxValues = 32;
    private const string Reason = "reason";
    private const string Template = "{OriginalFormat}";

    /// <summary>The line for one call of a logger.</summary>
    /// <param name="now">When it was called.</param>
    /// <param name="level">How much it matters.</param>
    /// <param name="category">The logger.</param>
    /// <param name="state">What it was given.</param>
    /// <param name="error">The exception; null: none.</param>
    /// <param name="format">Makes the message.</param>
    /// <param name="withStack">Whether the exception's stack is wanted.</param>
    public static LogLine Of<TState>(
        DateTimeOffset now, LogLevel level, string category, TState state, Exception? error, Func<TState, Exception?, string> format, bool withStack)
    {
        var values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        var template = values.Count > 0 && values[^1].Key == Template ? values[^1].Value as string : null;
        var activity = Activity.Current;
        return new LogLine(
            now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            NameOf(level),
            template is null ? null : EventOf(template),
            Cut(format(state, error), MaxMessage),
            category,
            Data(values),
            error is null || (!withStack && level < LogLevel.Critical && IsOutage(error) && values.Any(value => value.Key == Reason)) ? null : new LogError(error.GetType().FullName!, Cut(error.Message, MaxMessage), withStack ? Cut(error.ToString(), MaxStack) : null),
            activity?.TraceId.ToHexString(),
            activity?.SpanId.ToHexString());
    }

    /// <summary>What is expected when a store or the way to somebody is away: where the message has the reason, the exception says nothing more.</summary>
    private static bool IsOutage(Exception error) =>
        error is StoreException or DbException or HttpRequestException or IOException or SocketException or TimeoutException or OperationCanceledException;

    /// <summary>The name of a level.</summary>
    public static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => LogLevels.Trace,
        LogLevel.Debug => LogLevels.Debug,
        LogLevel.Information => LogLevels.Info,
        LogLevel.Warning => LogLevels.Warning,
        LogLevel.Error => LogLevels.Error,
        _ => LogLevels.Critical,
    };

    /// <summary>The event that a message's template begins with; null: it is not one of ours.</summary>
    public static string? EventOf(string template) => EventName.Match(template) is { Success: true } found ? found.Groups["name"].Value : null;

    private static JsonObject? Data(IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        JsonObject? data = null;
        foreach (var (key, value) in values.Take(MaxValues))
        {
            if (key != Template)
            {
                (data ??= [])[key] = Node(value);
            }
        }

        return data;
    }

    private static JsonValue? Node(object? value) => value switch
    {
        null => null,
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        uint number => JsonValue.Create(number),
        double number when double.IsFinite(number) => JsonValue.Create(number),
        string text => JsonValue.Create(Cut(text, MaxValue)),
        DateTimeOffset time => JsonValue.Create(time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        IEnumerable list => JsonValue.Create(Cut(string.Join(", ", list.Cast<object?>().Take(MaxValues)), MaxValue)),
        _ => JsonValue.Create(Cut(Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty, MaxValue)),
    };

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most] + "…";

    [GeneratedRegex(@"^(?<name>[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)+)(: |$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EventName { get; }
}
