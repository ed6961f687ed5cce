using Berth.Protocol;

namespace Berth.Cli.Output;

/// <summary>Licenses in the columns that Relay's users know.</summary>
internal static class LicenseTable
{
    public static TextTable Of(IEnumerable<LicenseEntry> licenses)
    {
        var table = Empty();
        foreach (var license in licenses)
        {
            Add(table, license, 0);
        }

        return table;
    }

    public static TextTable Empty() => new("id", "pool", "claims", "node_id", "last_claimed_at", "last_released_at");

    /// <summary>Adds a license at a place among the others.</summary>
    public static void Add(TextTable table, LicenseEntry license, long place) => table.AddAt(
        place, license.Id, license.Pool, $"{license.Claims}", Node(license), Time(license.LastClaimedAt), Time(license.LastReleasedAt));

    public static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'") ?? "-";

    /// <summary>The number of the one grant, or how many of several seats are held.</summary>
    private static string Node(LicenseEntry license) => license switch
    {
        { Seats: > 1 } => $"{license.Held}/{license.Seats}",
        { Held: > 0 } => $"{license.Holder ?? 1}",
        _ => "-",
    };
}
