using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Lists which claims were denied.</summary>
internal static class DenialsVerb
{
    private static readonly Flag _csv = new("csv", FlagKind.Switch, "print comma-separated values");
    private static readonly Flag _totals = new("totals", FlagKind.Switch, "only add up by reason");

    public static readonly Verb Definition = new(
        "denials",
        "",
        "List which nodes were denied seats, why and how often; the last 5 s may be missing",
        [VerbFlags.Pool, _totals, _csv, VerbFlags.Limit, VerbFlags.Next],
        RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        var limit = VerbFlags.ReadLimit(call);
        var csv = call.Settings.Switch(_csv) == true;
        var totals = call.Settings.Switch(_totals) == true;
        if (csv && (call.Json || totals))
        {
            throw CommandFailedException.Usage("--csv goes with neither --json nor --totals");
        }

        await using var reach = await Reach.ForReadingAsync(call);
        if (totals)
        {
            WriteTotals(call, await reach.Administration.Denials.SumAsync(call.Settings.Text(VerbFlags.Pool), call.Shell.Stop).OrFailAsync());
            return ExitCode.Done;
        }

        var listing = await ListAsync(call, reach.Administration.Denials, limit);
        if (call.Json)
        {
            CliJson.Write(call.Shell, listing, CliJson.Readable.DenialListing);
        }
        else if (csv)
        {
            call.Shell.Out.Write(DenialCsv.Heading);
            listing.Denials.Select(DenialCsv.Line).ToList().ForEach(call.Shell.Out.Write);
            VerbFlags.SayMore(call, listing.Next);
        }
        else if (listing.Denials.Count == 0)
        {
            call.Shell.Out.WriteLine("no claim was denied");
        }
        else
        {
            Table(listing.Denials).Write(call.Shell, call.Plain);
            VerbFlags.SayMore(call, listing.Next);
        }

        return ExitCode.Done;
    }

    private static async Task<DenialListing> ListAsync(Call call, IDenials denials, int? limit)
    {
        var (entries, next) = await Answers.PagesAsync(limit, call.Settings.Text(VerbFlags.Next), async (from, most) =>
        {
            var page = await denials.ListAsync(call.Settings.Text(VerbFlags.Pool), from, most, call.Shell.Stop).OrFailAsync();
            return (page.Denials, page.Next);
        });
        return new DenialListing(entries, next);
    }

    private static void WriteTotals(Call call, DenialTotals totals)
    {
        if (call.Json)
        {
            CliJson.Write(call.Shell, totals, CliJson.Readable.DenialTotals);
            return;
        }

        Table(totals).Write(call.Shell, call.Plain);
    }

    /// <summary>Denials added up, a reason a row.</summary>
    public static TextTable Table(DenialTotals totals)
    {
        var table = new TextTable("reason", "count", "nodes", "first", "last");
        foreach (var total in totals.Totals)
        {
            table.Add(total.Reason, $"{total.Count}", $"{total.Nodes}", LicenseTable.Time(total.First), LicenseTable.Time(total.Last));
        }

        return table;
    }

    private static TextTable Table(IEnumerable<DenialEntry> denials)
    {
        var table = new TextTable("pool", "reason", "fingerprint", "count", "first", "last");
        foreach (var denial in denials)
        {
            table.Add(
                denial.Pool, denial.Reason, denial.Fingerprint, $"{denial.Count}", LicenseTable.Time(denial.First), LicenseTable.Time(denial.Last));
        }

        return table;
    }
}
