using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>
/// Lists claims as whoever operates a cluster looks at them: what <c>holders</c> shows, with ages, what is left, and a state.
/// </summary>
internal static class ClaimsLsVerb
{
    private static readonly Flag _node =
        new("node", FlagKind.Text, "only claims whose fingerprint, user or host holds this text");

    private static readonly Flag _older = new("older", FlagKind.Duration, "only claims that were granted longer ago than this, such as 5m");

    public static readonly Verb Definition = new(
        "claims ls",
        "[POOL]",
        "List claims: who holds which seat, when it was last heard and how long it may stay silent",
        [VerbFlags.Pool, _node, _older, VerbFlags.Limit, VerbFlags.Next],
        RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var pool = call.Words switch
        {
            [] => call.Settings.Text(VerbFlags.Pool),
            [var only] => only,
            _ => throw CommandFailedException.Usage("one pool, not several"),
        };
        var limit = VerbFlags.ReadLimit(call);
        await using var reach = await Reach.ForReadingAsync(call);
        var listing = await ListAsync(call, reach.Administration.Holders, pool, limit ?? int.MaxValue);
        if (call.Json)
        {
            CliJson.Write(call.Shell, listing, CliJson.Readable.ClaimListing);
            return ExitCode.Done;
        }

        if (listing.Claims.Count == 0)
        {
            call.Shell.Out.WriteLine("there is no such claim");
        }
        else
        {
            Table(listing.Claims).Write(call.Shell, call.Plain);
        }

        VerbFlags.SayMore(call, listing.Next);
        return ExitCode.Done;
    }

    private static async Task<ClaimListing> ListAsync(Call call, IHolders holders, string? pool, int limit)
    {
        var claims = new List<ClaimRow>();
        var from = call.Settings.Text(VerbFlags.Next);
        do
        {
            var room = limit - claims.Count;
            var most = IsFiltered(call) ? ManagementRoutes.MaxPage : Math.Min(room, ManagementRoutes.MaxPage);
            var page = await holders.ListAsync(pool, from, most, call.Shell.Stop).OrFailAsync();
            var fitting = page.Holders.Index().Where(holder => Fits(call, holder.Item)).ToList();
            if (fitting.Count > room)
            {
                // A page ends where the server says: it is asked for again, up to the last claim that has room.
                page = await holders.ListAsync(pool, from, fitting[room - 1].Index + 1, call.Shell.Stop).OrFailAsync();
                fitting = [.. page.Holders.Index().Where(holder => Fits(call, holder.Item)).Take(room)];
            }

            var now = call.Shell.Time.GetUtcNow();
            claims.AddRange(fitting.Select(holder => ClaimRow.Of(holder.Item, now)));
            from = page.Next;
        }
        while (from is not null && claims.Count < limit);
        return new ClaimListing(claims, from);
    }

    private static bool IsFiltered(Call call) => call.Settings.Find(_node) is not null || call.Settings.Find(_older) is not null;

    private static bool Fits(Call call, HolderEntry holder) =>
        (call.Settings.Text(_node) is not { } text || Holds(holder.Fingerprint, text) || Holds(holder.User, text) || Holds(holder.Host, text))
        && (call.Settings.Duration(_older) is not { } age || call.Shell.Time.GetUtcNow() - holder.Since > age);

    private static bool Holds(string? field, string text) => field?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;

    private static TextTable Table(IEnumerable<ClaimRow> claims)
    {
        var table = new TextTable("pool", "fingerprint", "license", "user", "host", "since", "heard", "expires in", "state");
        foreach (var claim in claims)
        {
            table.Add(
                claim.Pool,
                claim.Fingerprint,
                claim.License,
                claim.User ?? "-",
                claim.Host ?? "-",
                LicenseTable.Time(claim.Since),
                claim.HeartbeatAgeMs is null ? "-" : ClaimRow.Span(claim.HeartbeatAgeMs) + " ago",
                ClaimRow.Span(claim.ExpiresInMs),
                claim.State);
        }

        return table;
    }
}
