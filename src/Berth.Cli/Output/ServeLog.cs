using Berth.Cli.Flags;
using Berth.Cli.Verbs;
using Berth.Protocol;
using Berth.Server.Logs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Berth.Cli.Output;

/// <summary>Where a member's log lines go, and how many of them: standard output, as with Relay, and a ring in memory that can be asked.</summary>
internal sealed class ServeLog : IDisposable
{
    private const string Text = "text";
    private const string JsonObjects = "json";

    private ServeLog(ILoggerFactory factory, LogRing ring, bool isJson)
    {
        (Factory, Ring, IsJson) = (factory, ring, isJson);
    }

    /// <summary>Makes loggers.</summary>
    public ILoggerFactory Factory { get; }

    /// <summary>The last lines.</summary>
    public LogRing Ring { get; }

    /// <summary>Lines are objects of JSON, and nothing else is to stand on standard output.</summary>
    public bool IsJson { get; }

    /// <summary>What a member's flags say. Fails with a usage error.</summary>
    public static ServeLog Create(Call call)
    {
        var level = Level(call);
        var json = FormatOf(call) == JsonObjects;
        var ring = new LogRing(call.Shell.Time, level);
        var color = call.Shell.OutIsTerminal && call.Settings.Switch(GlobalFlags.NoColor) != true;
        var formatter = new LogFormatter(call.Shell.Time, json, color, withStack: level <= LogLevel.Debug);
        var factory = LoggerFactory.Create(logging =>
        {
            logging
                .SetMinimumLevel(level)
                .AddFilter("Microsoft", level < LogLevel.Information || level > LogLevel.Warning ? level : LogLevel.Warning)
                // While it may log anything, it makes an activity and a scope for each request; what fails is logged by Kestrel too.
                .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", level < LogLevel.Information ? level : LogLevel.None)
                .AddFilter("Microsoft.Extensions.Hosting", level < LogLevel.Information ? level : LogLevel.None)
                .AddProvider(ring)
                .AddConsole(console => console.FormatterName = LogFormatter.FormatterName);
            logging.Services.AddSingleton<ConsoleFormatter>(formatter);
        });
        return new ServeLog(factory, ring, json);
    }

    /// <summary>How lines are written.</summary>
    public static string FormatOf(Call call) => call.Settings.Text(ServeFlags.LogFormat) switch
    {
        null or Text => Text,
        JsonObjects => JsonObjects,
        var other => throw Refused(ServeFlags.LogFormat, other, $"{Text} or {JsonObjects}"),
    };

    /// <summary>The name of the finest level that is logged.</summary>
    public static string LevelOf(Call call) => LogLines.NameOf(Level(call));

    /// <inheritdoc/>
    public void Dispose()
    {
        Factory.Dispose();
        Ring.Dispose();
    }

    private static LogLevel Level(Call call) => call.Settings.Text(ServeFlags.LogLevel) switch
    {
        null => ByVerbosity(call),
        LogLevels.Error => LogLevel.Error,
        LogLevels.Warning => LogLevel.Warning,
        LogLevels.Info => LogLevel.Information,
        LogLevels.Debug => LogLevel.Debug,
        LogLevels.Trace => LogLevel.Trace,
        var other => throw Refused(ServeFlags.LogLevel, other, "error, warning, info, debug or trace"),
    };

    private static LogLevel ByVerbosity(Call call)
    {
        var verbosity = call.Settings.Number(GlobalFlags.Verbose) ?? 0;
        if (!call.Shell.IsRelay)
        {
            return verbosity switch { 0 => LogLevel.Information, 1 => LogLevel.Debug, _ => LogLevel.Trace };
        }

        var debug = verbosity == 0 && call.Shell.Environment("DEBUG") is "1" or "t" or "true";
        return debug ? LogLevel.Debug : verbosity switch { <= 1 => LogLevel.Error, 2 => LogLevel.Warning, 3 => LogLevel.Information, _ => LogLevel.Debug };
    }

    private static CommandFailedException Refused(Flag flag, string text, string known) =>
        CommandFailedException.Usage($"invalid argument {GoText.Quote(text)} for {GoText.Quote(flag.Shown)} flag: must be {known}");
}
