using System.Globalization;
using Berth.Pools;
using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>Says who holds seats, and takes seats away.</summary>
/// <param name="pools">The pools.</param>
/// <param name="who">Whom the events are to name.</param>
internal sealed class Holders(ManagedPools pools, Who who) : IHolders
{
    public async ValueTask<Answer<HolderListing>> ListAsync(string? pool, string? next, int limit, CancellationToken stop)
    {
        if (!PoolCursor.TryRead(next, 2, out var cursor) || !TryPlace(cursor, out var place))
        {
            return Problems.Invalid("no page begins there");
        }

        if (pool is not null && !await pools.HasAsync(new PoolName(pool)))
        {
            return Problems.NoSuchPool(pool);
        }

        var entries = new List<HolderEntry>();
        var most = Math.Clamp(limit, 1, ManagementRoutes.MaxPage);
        var looked = 0;
        AskHolders From(PoolName name, int room) => (string.Equals(name.Value, cursor.Pool, StringComparison.Ordinal) ? place : _start) with { Limit = room };
        var names = pool is null ? pools.NamesFrom(cursor.Pool) : [new PoolName(pool)];
        await foreach (var (name, asked) in pools.AskEachAsync(names, name => From(name, most), stop))
        {
            var room = most - entries.Count;
            if (room == 0 || looked++ == ManagedPools.MostInPage)
            {
                return new HolderListing(entries, new PoolCursor(name.Value).ToString());
            }

            // It was asked before it was known how much room those before it would leave.
            var reply = asked is HolderPage { Holders.Count: var count } && count > room ? await pools.SendAsync(name, From(name, room)) : asked;
            if (reply is not HolderPage page)
            {
                return Problems.Of(reply);
            }

            entries.AddRange(page.Holders.Select(holder => ManagementViews.Entry(name, holder)));
            if (page.Next is { } on)
            {
                return new HolderListing(entries, new PoolCursor(name.Value, Text(on.Slot), Text(on.BelowNumber)).ToString());
            }
        }

        return new HolderListing(entries, null);
    }

    public async ValueTask<Answer<HolderListing>> FindAsync(string fingerprint, string? pool, CancellationToken stop)
    {
        if (!Fingerprint.IsValid(fingerprint))
        {
            return Problems.NoSuchHolder(fingerprint, pool);
        }

        var entries = new List<HolderEntry>();
        var names = pool is null ? pools.Names : [new PoolName(pool)];
        await foreach (var (name, reply) in pools.AskEachAsync(names, _ => new AskHolder(new Fingerprint(fingerprint)), stop))
        {
            if (reply is HolderPage page)
            {
                entries.AddRange(page.Holders.Select(holder => ManagementViews.Entry(name, holder)));
            }
            else if (reply is not NotHeld)
            {
                return Problems.Of(reply);
            }

            if (entries.Count == ManagementRoutes.MaxPage)
            {
                break;
            }
        }

        return entries.Count == 0 ? Problems.NoSuchHolder(fingerprint, pool) : new HolderListing(entries, null);
    }

    public async ValueTask<Answer<TakenSeat>> ReleaseAsync(string pool, string fingerprint, TakeSeatRequest request, CancellationToken stop)
    {
        if (Flaw(request) is { } flaw)
        {
            return Problems.Invalid(flaw);
        }

        if (!Fingerprint.IsValid(fingerprint))
        {
            return Problems.NoSuchHolder(fingerprint, pool);
        }

        var name = new PoolName(pool);
        var summary = await pools.SendAsync(name, new AskSummary());
        if (summary is not PoolSummary { Policy.TtlMs: var ttlMs })
        {
            return Problems.Of(summary);
        }

        var coolDownMs = request.CoolDownMs ?? Math.Min(ttlMs, TakeSeat.MaxCoolDownMs);
        var reply = await pools.SendAsync(name, new TakeSeat(new Fingerprint(fingerprint), request.Reason!, coolDownMs, who));
        return reply switch
        {
            Released => new TakenSeat(fingerprint, pool, coolDownMs),
            NotHeld => Problems.NoSuchHolder(fingerprint, pool),
            _ => Problems.Of(reply),
        };
    }

    private static readonly AskHolders _start = new(-1, long.MaxValue, 1);

    private static string? Flaw(TakeSeatRequest request) => request switch
    {
        { Reason: null or "" } => "a reason is missing: say why the seat is taken away",
        { Reason: { } reason } when !Fingerprint.IsValid(reason) || System.Text.Encoding.UTF8.GetByteCount(reason) > TakeSeat.MaxReasonBytes =>
            $"a reason has at most {TakeSeat.MaxReasonBytes} bytes and no control characters",
        { CoolDownMs: < 0 or > TakeSeat.MaxCoolDownMs } =>
            $"a cool-down is 0 to {TakeSeat.MaxCoolDownMs} ms (30 days), not {request.CoolDownMs}",
        _ => null,
    };

    private static bool TryPlace(PoolCursor cursor, out AskHolders place)
    {
        place = _start;
        if (cursor.Place.Count == 0)
        {
            return true;
        }

        var good = int.TryParse(cursor.Place[0], CultureInfo.InvariantCulture, out var slot)
            & long.TryParse(cursor.Place[1], CultureInfo.InvariantCulture, out var below);
        place = new AskHolders(slot, below, 1);
        return good && slot >= 0 && below >= 0;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
