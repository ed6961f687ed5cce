using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>An operator answers for a restored copy, which gives seats from then on.</summary>
internal static class ConfirmRestoreVerb
{
    public static readonly Flag Yes = new("yes", FlagKind.Switch, "you promise it, without being asked");

    public static readonly Verb Definition =
        new("confirm-restore", "", "Let a restored copy give seats: the original must never serve again", [Yes], RunAsync);

    private const string Promise = """
        You promise that the original of this copy does not serve and never will again: not on its old machine,
        not from a snapshot, not beside this one. If it does, each seat can be given twice.
        Claims made after the copy was taken are not in it; their nodes claim anew.
        """;

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        var uri = StoreChoice.FileOf(
            call, "confirm-restore", "members that share a store notice by themselves that it went back in time, and their logs say so");
        if (!File.Exists(uri.Path))
        {
            throw new CommandFailedException($"there is no database {uri.Path}", ExitCode.NotFound, atStart: true);
        }

        await using var reach = await Reach.ForWritingAsync(call);
        var copy = reach.Administration.RestoredCopy;
        var before = await copy.ShowAsync(call.Shell.Stop).OrFailAsync();
        if (before.Withheld)
        {
            await AskAsync(call, before);
            var request = new ConfirmCopyRequest(Short(Environment.UserName), Short(Environment.MachineName));
            await copy.ConfirmAsync(request, call.Shell.Stop).OrFailAsync();
        }

        if (call.Json)
        {
            CliJson.Write(call.Shell, before with { Withheld = false }, CliJson.Readable.RestoredCopyState);
        }
        else
        {
            call.Shell.Say(before.Withheld ? "confirmed: seats are given from now on" : "nothing to confirm: seats are given");
        }

        return ExitCode.Done;
    }

    private static async Task AskAsync(Call call, RestoredCopyState state)
    {
        if (call.Settings.Switch(Yes) == true)
        {
            return;
        }

        if (call.Shell.In is not { } input)
        {
            throw CommandFailedException.Usage($"this is {state.Why}.\n{Promise}\nSay --yes to promise it");
        }

        call.Shell.Out.Write($"This is {state.Why}.\n{Promise}\nType yes to promise it: ");
        await call.Shell.Out.FlushAsync(call.Shell.Stop);
        if (await input.ReadLineAsync(call.Shell.Stop) is not "yes")
        {
            throw new CommandFailedException("not confirmed: no seats are given", ExitCode.Refused);
        }
    }

    private static string? Short(string text) => text.Length is > 0 and <= ConfirmCopyRequest.MaxNameLength ? text : null;
}
