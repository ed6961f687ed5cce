using Berth.Pools;
using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>The rules' records as the management API shows them, and back.</summary>
internal static class ManagementViews
{
    public static LicenseEntry Entry(PoolName pool, LicenseView license) => new(
        license.Id.Value,
        pool.Value,
        license.Seats,
        license.Held,
        license.Holder,
        license.Claims,
        DateTimeOffset.FromUnixTimeMilliseconds(license.AddedMs),
        Time(license.LastClaimedMs),
        Time(license.LastReleasedMs),
        Time(license.ExpiryMs ?? 0),
        license.Retired,
        [.. license.Holders.Select(holder => Entry(pool, holder))]);

    public static HolderEntry Entry(PoolName pool, HolderView holder) => new(
        holder.Node.Value,
        pool.Value,
        holder.License.Value,
        holder.Number,
        DateTimeOffset.FromUnixTimeMilliseconds(holder.SinceMs),
        holder.User,
        holder.Host,
        holder.HeardMs is { } heard ? DateTimeOffset.FromUnixTimeMilliseconds(heard) : null,
        holder.ExpiresMs is { } expires ? DateTimeOffset.FromUnixTimeMilliseconds(expires) : null);

    public static PoolEntry Entry(PoolSummary pool) => new(
        pool.Name.Value,
        pool.Licenses,
        pool.Seats,
        pool.Held,
        pool.Free,
        Parts(pool.Policy),
        new PolicyParts((long?)pool.Exception.Ttl?.TotalMilliseconds, Name(pool.Exception.Strategy), pool.Exception.Heartbeats));

    public static PolicyParts Parts(Policy policy) => new(policy.TtlMs, Name(policy.Strategy), policy.Heartbeats);

    /// <summary>Reads a stranger's exception; a text says what is wrong with it.</summary>
    public static string? TryRead(PolicyParts parts, out PolicyException exception)
    {
        exception = PolicyException.None;
        if (parts.TtlMs < Policy.MinTtl.TotalMilliseconds)
        {
            return "time-to-live value must be at least 30s";
        }

        if (parts.TtlMs > Policy.MaxTtl.TotalMilliseconds)
        {
            return $"time-to-live value must be at most {Policy.MaxTtl.TotalDays} days";
        }

        Strategy? strategy = parts.Strategy switch
        {
            "fifo" => Strategy.Fifo,
            "lifo" => Strategy.Lifo,
            "rand" => Strategy.Rand,
            _ => null,
        };
        if (strategy is null && parts.Strategy is not null)
        {
            return "strategy must be one of \"lifo\", \"fifo\", or \"rand\"";
        }

        TimeSpan? ttl = parts.TtlMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null;
        exception = new PolicyException(ttl, strategy, parts.Heartbeats);
        return null;
    }

    private static string? Name(Strategy? strategy) => strategy switch
    {
        null => null,
        Strategy.Fifo => "fifo",
        Strategy.Lifo => "lifo",
        _ => "rand",
    };

    private static DateTimeOffset? Time(long ms) => ms == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
