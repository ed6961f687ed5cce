using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Lists who holds seats.</summary>
internal static class HoldersVerb
{
    private static readonly Flag _node = new("node", FlagKind.Text, "only what the node of this fingerprint holds");

    public static readonly Verb Definition = new(
        "holders", "", "List who holds seats; the last heartbeat is - until the member has heard the node", [VerbFlags.Pool, _node, VerbFlags.Limit, VerbFlags.Next], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        var limit = VerbFlags.ReadLimit(call);
        await using var reach = await Reach.ForReadingAsync(call);
        var holders = reach.Administration.Holders;
        var pool = call.Settings.Text(VerbFlags.Pool);
        var listing = call.Settings.Text(_node) is { } node
            ? await holders.FindAsync(node, pool, call.Shell.Stop).OrFailAsync()
            : await ListAsync(call, holders, pool, limit);
        if (call.Json)
        {
            CliJson.Write(call.Shell, listing, CliJson.Readable.HolderListing);
        }
        else if (listing.Holders.Count == 0)
        {
            call.Shell.Out.WriteLine("no seat is held");
        }
        else
        {
            Table(listing.Holders).Write(call.Shell, call.Plain);
            VerbFlags.SayMore(call, listing.Next);
        }

        return ExitCode.Done;
    }

    private static async Task<HolderListing> ListAsync(Call call, IHolders holders, string? pool, int? limit)
    {
        var (entries, next) = await Answers.PagesAsync(limit, call.Settings.Text(VerbFlags.Next), async (from, most) =>
        {
            var page = await holders.ListAsync(pool, from, most, call.Shell.Stop).OrFailAsync();
            return (page.Holders, page.Next);
        });
        return new HolderListing(entries, next);
    }

    private static TextTable Table(IEnumerable<HolderEntry> holders)
    {
        var table = new TextTable("fingerprint", "pool", "license", "user", "host", "since", "heartbeat", "expires");
        foreach (var holder in holders)
        {
            table.Add(
                holder.Fingerprint,
                holder.Pool,
                holder.License,
                holder.User ?? "-",
                holder.Host ?? "-",
                LicenseTable.Time(holder.Since),
                LicenseTable.Time(holder.LastHeartbeat),
                LicenseTable.Time(holder.ExpiresAt));
        }

        return table;
    }
}
