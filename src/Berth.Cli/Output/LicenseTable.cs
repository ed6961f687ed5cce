using Berth.Protocol;

namespace Berth.Cli.Output;

/// <summary>Licenses in the columns that Relay's users know.</summary>
internal static class LicenseTable
{
    public static TextTable Of(IEnumerable<LicenseEntry> licenses)
    {
        var table = new TextTable("id", "pool", "claims", "node_id", "last_claimed_at", "last_released_at");
        foreach (var license in licenses)
        {
            table.Add(
                license.Id, license.Pool, $"{license.Claims}", Node(license), Time(license.LastClaimedAt), Time(license.LastReleasedAt));
        }

        return table;
    }

    public static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'") ?? "-";

    /// <summary>The number of the one grant, or how many of several seats are held.</summary>
    private static string Node(LicenseEntry license) => license switch
    {
        { Seats: > 1 } => $"{license.Held}/{license.Seats}",
        { Held: > 0 } => $"{license.Holder ?? 1}",
        _ => "-",
    };
}
