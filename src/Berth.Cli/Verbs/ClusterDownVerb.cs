using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Marks a dead member down.</summary>
internal static class ClusterDownVerb
{
    private static readonly Flag _force = new("force", FlagKind.Switch, "also if it seems to live; its process would join again");
    private static readonly Flag _yes = new("yes", FlagKind.Switch, "do it without being asked");

    public static readonly Verb Definition = new(
        "cluster down", "NAME", "Mark a dead member down: the others take its shards, and its name is free", [_force, _yes], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var name = call.Words is [var only] ? only : throw CommandFailedException.Usage("name one member: 'berth cluster show' lists them");
        await using var reach = await Reach.ForWritingAsync(call);
        await AskAsync(call, name);
        var request = new DownMemberRequest(call.Settings.Switch(_force) == true);
        var down = await reach.Administration.Cluster.DownAsync(name, request, call.Shell.Stop).OrFailAsync();
        if (call.Json)
        {
            CliJson.Write(call.Shell, down, CliJson.Readable.DownedMember);
            return ExitCode.Done;
        }

        call.Shell.Say(down.Before
            ? $"{down.Name} at {down.Address} had ended already"
            : $"{down.Name} at {down.Address} is down; the others take its {down.Shards} shards");
        call.Shell.Out.WriteLine($"to replace it: berth serve … --member-name {down.Name}, on any machine");
        return ExitCode.Done;
    }

    private static async Task AskAsync(Call call, string name)
    {
        if (call.Settings.Switch(_yes) == true)
        {
            return;
        }

        if (call.Shell.In is not { } input)
        {
            throw CommandFailedException.Usage($"{name} would be marked down for good, in this life: say --yes to do it");
        }

        call.Shell.Out.Write($"{name} is marked down for good, in this life; the others take its shards.\nType yes to do it: ");
        await call.Shell.Out.FlushAsync(call.Shell.Stop);
        if (await input.ReadLineAsync(call.Shell.Stop) is not "yes")
        {
            throw new CommandFailedException("nothing was done", ExitCode.Refused);
        }
    }
}
