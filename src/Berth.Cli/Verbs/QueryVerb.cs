using Berth.Cli.Access;
using Berth.Cli.Output;

namespace Berth.Cli.Verbs;

/// <summary>Prints how many seats a claim could take now: one number, for scripts.</summary>
internal static class QueryVerb
{
    public static readonly Verb Definition =
        new("query", "[POOL]", "Print the number of free seats of a pool; - is the one without a name", [VerbFlags.Pool], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var name = call.Only(VerbFlags.Pool, "pool");
        await using var reach = await Reach.ForReadingAsync(call);
        var pool = await reach.Administration.FindPoolAsync(name, call.Shell.Stop).OrFailAsync();
        if (call.Json)
        {
            CliJson.Write(call.Shell, new FreeSeats(pool.Name, pool.Free), CliJson.Readable.FreeSeats);
        }
        else
        {
            call.Shell.Out.WriteLine($"{pool.Free}");
        }

        return ExitCode.Done;
    }
}
