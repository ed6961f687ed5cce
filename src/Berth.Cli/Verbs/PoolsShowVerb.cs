using System.Text.Json;
using Berth.Cli.Access;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Shows one pool.</summary>
internal static class PoolsShowVerb
{
    public static readonly Verb Definition =
        new("pools show", "[POOL]", "Show one pool and which claims it denied; - is the one without a name", [VerbFlags.Pool], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var name = call.Only(VerbFlags.Pool, "pool");
        await using var reach = await Reach.ForReadingAsync(call);
        var pool = await reach.Administration.FindPoolAsync(name, call.Shell.Stop).OrFailAsync();
        var denials = await reach.Administration.Denials.SumAsync(name, call.Shell.Stop).OrFailAsync();
        if (call.Json)
        {
            var fields = JsonSerializer.SerializeToNode(pool, CliJson.Readable.PoolEntry)!.AsObject();
            fields["denials"] = JsonSerializer.SerializeToNode(denials, CliJson.Readable.DenialTotals)!["totals"]!.DeepClone();
            CliJson.Write(call.Shell, fields, CliJson.Readable.JsonObject);
            return ExitCode.Done;
        }

        Show(call, pool);
        if (denials.Totals.Count == 0)
        {
            call.Shell.Out.WriteLine("no claim was denied");
        }
        else
        {
            call.Shell.Out.WriteLine("claims that were denied:");
            DenialsVerb.Table(denials).Write(call.Shell, call.Plain);
        }

        return ExitCode.Done;
    }

    /// <summary>The pool alone, after it was changed.</summary>
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
