using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Shows what a member has logged lately, and what it logs from then on.</summary>
internal static class LogTailVerb
{
    private const int DefaultLines = 50;
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private static readonly Flag _level = new("level", FlagKind.Text, "the finest lines: error, warning, info, debug or trace (info)");
    private static readonly Flag _lines = new("lines", FlagKind.Number, "how many of the last lines, 1 to 1000 (50)");
    private static readonly Flag _follow = new("follow", FlagKind.Switch, "go on with what comes, also after the member was away") { Short = 'f' };

    public static readonly Verb Definition = new(
        "log tail", "", "Show the last lines of a member's log", [_level, _lines, _follow], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        var level = call.Settings.Text(_level) ?? LogLevels.Info;
        if (!LogLevels.All.Contains(level))
        {
            throw CommandFailedException.Usage($"invalid argument {GoText.Quote(level)} for \"--level\" flag: must be error, warning, info, debug or trace");
        }

        var lines = call.Settings.Number(_lines) ?? DefaultLines;
        if (lines is < 1 or > ManagementRoutes.MaxPage)
        {
            throw CommandFailedException.Usage($"invalid argument \"{lines}\" for \"--lines\" flag: must be 1 to {ManagementRoutes.MaxPage}");
        }

        await using var reach = await Reach.ForReadingAsync(call);
        var log = reach.Administration.Log;
        var page = await log.ReadAsync(new LogQuery(null, null, level, 0, lines), call.Shell.Stop).OrFailAsync();
        if (!LogLevels.Reaches(level, page.Level))
        {
            call.Shell.Error.WriteLine($"warning: the member logs {page.Level} and what matters more: start it with --log-level {level} for the rest");
        }

        await WriteAsync(call, page);
        if (call.Settings.Switch(_follow) == true)
        {
            await FollowAsync(call, log, level, page);
        }

        return ExitCode.Done;
    }

    /// <summary>Until the verb is stopped, which is its good end.</summary>
    private static async Task FollowAsync(Call call, IMemberLog log, string level, LogPage page)
    {
        var away = false;
        while (!call.Shell.Stop.IsCancellationRequested)
        {
            var began = call.Shell.Time.GetTimestamp();
            try
            {
                var query = new LogQuery(page.Next, page.Run, level, LogQuery.MaxWaitSeconds, ManagementRoutes.MaxPage);
                var next = await log.ReadAsync(query, call.Shell.Stop).OrFailAsync();
                Say(call, away, next.Run == page.Run, next.Missed);
                (page, away) = (next, false);
                await WriteAsync(call, page);
                if (page.Lines.Count > 0 || call.Shell.Time.GetElapsedTime(began) > _pause)
                {
                    continue;
                }
            }
            catch (OperationCanceledException) when (call.Shell.Stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is ManagementUnreachableException or CommandFailedException { Code: ExitCode.Unreachable })
            {
                if (!away)
                {
                    call.Shell.Error.WriteLine($"warning: {error.Message}; trying again");
                    away = true;
                }
            }

            // It is away, or about to end and lets nobody wait.
            await Task.Delay(_pause, call.Shell.Time, call.Shell.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static void Say(Call call, bool wasAway, bool sameRun, long missed)
    {
        if (!sameRun)
        {
            call.Shell.Error.WriteLine("warning: the member has started again");
        }
        else if (wasAway)
        {
            call.Shell.Error.WriteLine("warning: the member answers again");
        }

        if (missed > 0)
        {
            call.Shell.Error.WriteLine($"warning: {missed} lines were missed: they came faster than they were read");
        }
    }

    private static async Task WriteAsync(Call call, LogPage page)
    {
        var color = call.Shell.OutIsTerminal && !call.Plain && call.Settings.Switch(GlobalFlags.NoColor) != true;
        foreach (var line in page.Lines)
        {
            await call.Shell.Out.WriteLineAsync(call.Json ? LogText.Json(line) : LogText.Of(line, color));
        }

        await call.Shell.Out.FlushAsync(CancellationToken.None);
    }
}
