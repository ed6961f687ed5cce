using Berth.Cli.Access;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Shows one pool.</summary>
internal static class PoolsShowVerb
{
    public static readonly Verb Definition =
        new("pools show", "[POOL]", "Show one pool; - is the one without a name", [VerbFlags.Pool], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var name = call.Only(VerbFlags.Pool, "pool");
        await using var reach = await Reach.ForReadingAsync(call);
        Show(call, await reach.Administration.FindPoolAsync(name, call.Shell.Stop).OrFailAsync());
        return ExitCode.Done;
    }

    public static void Show(Call call, PoolEntry pool)
    {
        if (call.Json)
        {
            CliJson.Write(call.Shell, pool, CliJson.Readable.PoolEntry);
        }
        else
        {
            PoolTable.Write(call.Shell, [pool], call.Plain);
        }
    }
}
