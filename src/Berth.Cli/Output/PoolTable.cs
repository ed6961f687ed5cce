using Berth.Cli.Flags;
using Berth.Protocol;

namespace Berth.Cli.Output;

/// <summary>Pools in a table; a star marks what differs from the cluster's policy.</summary>
internal static class PoolTable
{
    /// <summary>Writes the table, and below it what the star means, if there is one.</summary>
    public static void Write(Shell shell, IReadOnlyList<PoolEntry> pools, bool plain)
    {
        Of(pools).Write(shell, plain);
        if (pools.Any(pool => pool.Exception != PolicyParts.None))
        {
            shell.Out.WriteLine("* differs from the cluster's policy");
        }
    }

    /// <summary>Where members share the store, each pool's shard and owner stand beside it.</summary>
    private static TextTable Of(IReadOnlyList<PoolEntry> pools)
    {
        string[] headings = ["pool", "licenses", "seats", "held", "free", "ttl", "strategy", "heartbeats"];
        var placed = pools.Any(pool => pool.Shard is not null);
        var table = new TextTable(placed ? [.. headings, "shard", "owner"] : headings);
        foreach (var pool in pools)
        {
            string[] cells =
            [
                pool.Name,
                $"{pool.Licenses}",
                $"{pool.Seats}",
                $"{pool.Held}",
                $"{pool.Free}",
                Mark(pool.Policy.TtlMs is { } ms ? GoDuration.Format(TimeSpan.FromMilliseconds(ms)) : "-", pool.Exception.TtlMs is not null),
                Mark(pool.Policy.Strategy ?? "-", pool.Exception.Strategy is not null),
                Mark(pool.Policy.Heartbeats == false ? "off" : "on", pool.Exception.Heartbeats is not null),
            ];
            table.Add(placed ? [.. cells, $"{pool.Shard}", pool.Owner ?? "-"] : cells);
        }

        return table;
    }

    private static string Mark(string text, bool differs) => differs ? text + "*" : text;
}
