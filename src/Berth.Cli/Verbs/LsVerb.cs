using System.Text.Json;
using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Lists licenses, asked for page by page. Nothing but what a table needs is kept.</summary>
internal static class LsVerb
{
    private static readonly Flag _limit = new("limit", FlagKind.Number, "the most licenses to list (all)");
    private static readonly Flag _next = new("next", FlagKind.Text, "list on from where a list with --limit ended");

    public static readonly Verb Definition =
        new("ls", "", "List the licenses of a pool, or of all", [VerbFlags.Pool, _limit, _next], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        var limit = call.Settings.Number(_limit);
        if (limit < 1)
        {
            throw CommandFailedException.Usage($"invalid argument \"{limit}\" for \"--limit\" flag: must be at least 1");
        }

        var next = call.Settings.Text(_next);
        await using var reach = await Reach.ForReadingAsync(call);
        var pages = reach.Administration.LicensePagesAsync(call.Settings.Text(VerbFlags.Pool), next, limit ?? int.MaxValue, call.Shell.Stop);
        var paged = limit is not null || next is not null;
        await (call.Json ? paged ? WritePageAsync(call, pages) : WriteJsonAsync(call, pages) : WriteTableAsync(call, pages, paged));
        return ExitCode.Done;
    }

    /// <summary>All pools' licenses in the order in which they were added; in pages, pool by pool, since nobody has them all.</summary>
    private static async Task WriteTableAsync(Call call, IAsyncEnumerable<LicenseListing> pages, bool paged)
    {
        var table = LicenseTable.Empty();
        string? next = null;
        var ordered = !paged && call.Settings.Text(VerbFlags.Pool) is null;
        await foreach (var page in pages)
        {
            next = page.Next;
            foreach (var license in page.Licenses)
            {
                LicenseTable.Add(table, license, ordered ? license.AddedAt.UtcTicks : 0);
            }
        }

        if (table.Count == 0)
        {
            call.Shell.Out.WriteLine(call.Settings.Text(_next) is null ? "license pool is empty" : "no more licenses");
            return;
        }

        table.Write(call.Shell, call.Plain);
        if (next is not null)
        {
            // Beside the table, which a script may be reading.
            call.Shell.Error.WriteLine($"more: --next '{next}'");
        }
    }

    /// <summary>One array, pool by pool, written as the pages come.</summary>
    private static async Task WriteJsonAsync(Call call, IAsyncEnumerable<LicenseListing> pages)
    {
        var any = false;
        await foreach (var page in pages)
        {
            if (page.Licenses.Count > 0)
            {
                // Between the brackets of the page's own array stands what belongs into the one array.
                var array = JsonSerializer.Serialize(page.Licenses, CliJson.Readable.IReadOnlyListLicenseEntry);
                call.Shell.Out.Write((any ? "," : "[") + array[1..^2]);
                any = true;
            }
        }

        call.Shell.Out.WriteLine(any ? "\n]" : "[]");
    }

    private static async Task WritePageAsync(Call call, IAsyncEnumerable<LicenseListing> pages)
    {
        var licenses = new List<LicenseEntry>();
        string? next = null;
        await foreach (var page in pages)
        {
            licenses.AddRange(page.Licenses);
            next = page.Next;
        }

        CliJson.Write(call.Shell, new LicenseListing(licenses, next), CliJson.Readable.LicenseListing);
    }
}
