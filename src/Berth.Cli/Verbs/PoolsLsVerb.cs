using Berth.Cli.Access;
using Berth.Cli.Output;

namespace Berth.Cli.Verbs;

/// <summary>Lists pools.</summary>
internal static class PoolsLsVerb
{
    public static readonly Verb Definition = new("pools ls", "", "List the pools and how full they are", [], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        await using var reach = await Reach.ForReadingAsync(call);
        var pools = await reach.Administration.AllPoolsAsync(call.Shell.Stop);
        if (call.Json)
        {
            CliJson.Write(call.Shell, pools, CliJson.Readable.IReadOnlyListPoolEntry);
        }
        else
        {
            PoolTable.Write(call.Shell, pools, call.Plain);
        }

        return ExitCode.Done;
    }
}
