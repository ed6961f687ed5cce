using Berth.Cli.Verbs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Berth.Cli.Output;

/// <summary>Where a member's log lines go, and how many of them: standard output, as with Relay.</summary>
internal static class ServeLog
{
    public static ILoggerFactory Create(Call call)
    {
        var level = Level(call);
        var color = call.Shell.OutIsTerminal && call.Settings.Switch(GlobalFlags.NoColor) != true;
        return LoggerFactory.Create(logging => logging
            .SetMinimumLevel(level)
            .AddFilter("Microsoft", level < LogLevel.Information ? level : LogLevel.Warning)
            // While it may log anything, it makes an activity and a scope for each request; what fails is logged by Kestrel too.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", level < LogLevel.Information ? level : LogLevel.None)
            .AddFilter("Microsoft.Extensions.Hosting", level < LogLevel.Information ? level : LogLevel.None)
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd HH:mm:ss ";
                console.ColorBehavior = color ? LoggerColorBehavior.Enabled : LoggerColorBehavior.Disabled;
            }));
    }

    private static LogLevel Level(Call call)
    {
        var verbosity = call.Settings.Number(GlobalFlags.Verbose) ?? 0;
        if (!call.Shell.IsRelay)
        {
            return verbosity switch { 0 => LogLevel.Information, 1 => LogLevel.Debug, _ => LogLevel.Trace };
        }

        var debug = verbosity == 0 && call.Shell.Environment("DEBUG") is "1" or "t" or "true";
        return debug ? LogLevel.Debug : verbosity switch { <= 1 => LogLevel.Error, 2 => LogLevel.Warning, 3 => LogLevel.Information, _ => LogLevel.Debug };
    }
}
