using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Marks a dead member down.</summary>
internal static class ClusterDownVerb
{
    public static readonly Flag Force = new("force", FlagKind.Switch, "also if it seems to live; its process would join again");

    public static readonly Verb Definition = new(
        "cluster down", "NAME", "Mark a dead member down: the others take its shards, and its name is free", [Force, Consent.Yes], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var name = call.Words is [var only] ? only : throw CommandFailedException.Usage("name one member: 'berth cluster show' lists them");
        await using var reach = await Reach.ForWritingAsync(call);
        await AskAsync(call, reach.Administration.Cluster, name);
        var request = new DownMemberRequest(call.Settings.Switch(Force) == true);
        var down = await reach.Administration.Cluster.DownAsync(name, request, call.Shell.Stop).OrFailAsync();
        if (call.Json)
        {
            CliJson.Write(call.Shell, down, CliJson.Readable.DownedMember);
            return ExitCode.Done;
        }

        Say(call, down);
        call.Shell.Out.WriteLine($"to replace it: berth serve … --member-name {down.Name}, on any machine");
        return ExitCode.Done;
    }

    public static void Say(Call call, DownedMember down) => call.Shell.Say(down.Before
        ? $"{down.Name} at {down.Address} had ended already"
        : $"{down.Name} at {down.Address} is down; the others take its {ClusterTexts.Count(down.Shards, "shard")}");

    private static async Task AskAsync(Call call, ICluster cluster, string name)
    {
        if (call.Settings.Switch(Consent.Yes) == true)
        {
            return;
        }

        var state = await cluster.ShowAsync(call.Shell.Stop).OrFailAsync();
        var member = ClusterTexts.Find(state, name)
            ?? throw new CommandFailedException($"no member is called {name}: 'berth cluster show' lists them", ExitCode.NotFound);
        if (member.State == MemberStates.Up)
        {
            await Consent.AskAsync(
                call, $"{name} at {member.Address} is marked down for good, in this life; {ClusterTexts.Heritage(state, member)}");
        }
    }
}
