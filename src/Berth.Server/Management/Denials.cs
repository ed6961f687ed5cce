using System.Globalization;
using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Journal;

namespace Berth.Server.Management;

/// <summary>Says which claims pools denied, as far as that is stored.</summary>
/// <param name="pools">The pools.</param>
/// <param name="journal">Where denials are stored.</param>
internal sealed class Denials(ManagedPools pools, IJournal journal) : IDenials
{
    public async ValueTask<Answer<DenialListing>> ListAsync(string? pool, string? next, int limit, CancellationToken stop)
    {
        if (!PoolCursor.TryRead(next, 3, out var cursor) || !TryPlace(cursor, out var place))
        {
            return Problems.Invalid("no page begins there");
        }

        if (pool is not null && !await pools.HasAsync(new PoolName(pool)))
        {
            return Problems.NoSuchPool(pool);
        }

        var entries = new List<DenialEntry>();
        var most = Math.Clamp(limit, 1, ManagementRoutes.MaxPage);
        foreach (var name in pool is null ? pools.NamesFrom(cursor.Pool) : [new PoolName(pool)])
        {
            var after = string.Equals(name.Value, cursor.Pool, StringComparison.Ordinal) ? place : null;
            if (entries.Count == most)
            {
                return new DenialListing(entries, new PoolCursor(name.Value).ToString());
            }

            // One more than fits says whether there is another page.
            var room = most - entries.Count;
            var found = await journal.ReadDenialsAsync(name, after, room + 1);
            entries.AddRange(found.Take(room).Select(Entry));
            if (found.Count > room)
            {
                return new DenialListing(entries, After(found[room - 1]).ToString());
            }
        }

        return new DenialListing(entries, null);
    }

    public async ValueTask<Answer<DenialTotals>> SumAsync(string? pool, CancellationToken stop)
    {
        if (pool is not null && !await pools.HasAsync(new PoolName(pool)))
        {
            return Problems.NoSuchPool(pool);
        }

        var totals = new Dictionary<string, DenialSum>(StringComparer.Ordinal);
        foreach (var name in pool is null ? pools.Names : [new PoolName(pool)])
        {
            foreach (var sum in await journal.SumDenialsAsync(name))
            {
                totals[sum.Reason] = totals.TryGetValue(sum.Reason, out var before) ? Plus(before, sum) : sum;
            }
        }

        return new DenialTotals([.. totals.Values
            .OrderByDescending(sum => sum.Count)
            .ThenBy(sum => sum.Reason, StringComparer.Ordinal)
            .Select(sum => new DenialTotal(sum.Reason, sum.Count, sum.Nodes, Time(sum.FirstMs), Time(sum.LastMs)))]);
    }

    private static DenialSum Plus(DenialSum one, DenialSum other) => new(
        one.Reason,
        one.Count + other.Count,
        one.Nodes + other.Nodes,
        Math.Min(one.FirstMs, other.FirstMs),
        Math.Max(one.LastMs, other.LastMs));

    private static DenialEntry Entry(DenialCount denial) =>
        new(denial.Pool.Value, denial.Reason, denial.Node.Value, denial.Count, Time(denial.FirstMs), Time(denial.LastMs));

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static PoolCursor After(DenialCount denial) =>
        new(denial.Pool.Value, denial.LastMs.ToString(CultureInfo.InvariantCulture), denial.Node.Value, denial.Reason);

    private static bool TryPlace(PoolCursor cursor, out DenialPlace? place)
    {
        place = null;
        if (cursor.Place.Count == 0)
        {
            return true;
        }

        if (!long.TryParse(cursor.Place[0], CultureInfo.InvariantCulture, out var last) || !Fingerprint.IsValid(cursor.Place[1]))
        {
            return false;
        }

        place = new DenialPlace(last, new Fingerprint(cursor.Place[1]), cursor.Place[2]);
        return true;
    }
}
