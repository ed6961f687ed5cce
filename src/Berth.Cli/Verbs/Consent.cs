using Berth.Cli.Flags;

namespace Berth.Cli.Verbs;

/// <summary>What must be meant is asked for before it is done.</summary>
internal static class Consent
{
    public static readonly Flag Yes = new("yes", FlagKind.Switch, "do it without being asked");

    /// <summary>Says what will be done and waits for a yes. Nobody there to be asked: a usage error. Another answer: nothing is done.</summary>
    /// <param name="call">The verb.</param>
    /// <param name="what">What will be done: a sentence, or several lines.</param>
    public static async Task AskAsync(Call call, string what)
    {
        if (call.Settings.Switch(Yes) == true)
        {
            return;
        }

        if (call.Shell.In is not { } input)
        {
            throw CommandFailedException.Usage($"{what}: say --yes to do it");
        }

        // What machines read is the answer alone.
        var people = call.Json ? call.Shell.Error : call.Shell.Out;
        people.Write($"{what}.\nType yes to do it: ");
        await people.FlushAsync(call.Shell.Stop);
        if (await input.ReadLineAsync(call.Shell.Stop) is not "yes")
        {
            throw new CommandFailedException("nothing was done", ExitCode.Refused);
        }
    }
}
