using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Storage;

namespace Berth.Survival.Tests.Load;

/// <summary>
/// Reads a database's journal as an auditor would, sharing nothing with the pools but the event codec and the chain: at each
/// version no license has more holders than seats and no node has two claims in a pool.
/// </summary>
internal sealed class JournalAudit
{
    private const int RecordsAtOnce = 1_000;

    private readonly List<string> _violations = [];
    private readonly HashSet<Claimant> _holders = [];

    /// <summary>What must not be.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Who holds a seat at the end.</summary>
    public IReadOnlySet<Claimant> Holders => _holders;

    public long Grants { get; private set; }

    public long Releases { get; private set; }

    public long Expiries { get; private set; }

    /// <summary>Reads all pools of a database, which no member need serve.</summary>
    public static Task<JournalAudit> ReadAsync(string database) => ReadAsync(StorageUri.OfFile(database));

    /// <summary>Reads all pools of a store that nobody writes to.</summary>
    public static async Task<JournalAudit> ReadAsync(StorageUri uri)
    {
        var audit = new JournalAudit();
        await using var store = await Store.OpenAsync(uri, StoreUse.Read, new StoreOptions());
        foreach (var pool in await store.Journal.ListPoolsAsync(null, RecordsAtOnce))
        {
            await audit.ReadPoolAsync(store.Journal, pool);
        }

        return audit;
    }

    private async Task ReadPoolAsync(IJournal journal, PoolName pool)
    {
        var book = new Book(pool == PoolName.Global ? null : pool.Value);
        var hash = new byte[AuditChain.HashBytes];
        long version = 0;
        for (var page = await journal.ReadAsync(pool, 0, RecordsAtOnce); page.Count > 0; page = await journal.ReadAsync(pool, version, RecordsAtOnce))
        {
            foreach (var record in page)
            {
                Check(record.FirstVersion == version + 1, $"{pool}: version {record.FirstVersion} follows {version}");
                foreach (var stored in new EventFrames(record.Bytes))
                {
                    version++;
                    Enter(book, EventCodec.Read(stored.Span), version);
                }

                AuditChain.ExtendOver(hash, record);
                Check(version == record.LastVersion, $"{pool}: the record at {record.FirstVersion} holds other than {record.Count} events");
                Check(record.Hash.Span.SequenceEqual(hash), $"{pool}: the chain breaks at version {version}");
            }
        }

        _holders.UnionWith(book.Claims.Keys.Select(node => new Claimant(node, book.Pool)));
    }

    private void Enter(Book book, PoolEvent happened, long version)
    {
        switch (happened)
        {
            case LicenseAdded added:
                book.Seats.Add(added.Id, added.Seats);
                break;
            case SeatGranted granted:
                Grants++;
                Check(book.Claims.TryAdd(granted.Node.Value, (granted.License, granted.Number)), $"{version}: {granted.Node} holds twice");
                Check(granted.Number > book.LastNumber, $"{version}: grant {granted.Number} follows grant {book.LastNumber}");
                book.LastNumber = granted.Number;
                var held = book.Claims.Values.Count(claim => claim.License == granted.License);
                Check(held <= book.Seats.GetValueOrDefault(granted.License), $"{version}: {held} hold license {granted.License}");
                break;
            case SeatReleased released:
                Releases++;
                Close(book, released.Node, (released.License, released.Number), version);
                break;
            case ClaimExpired expired:
                Expiries++;
                Close(book, expired.Node, (expired.License, expired.Number), version);
                break;
        }
    }

    private void Close(Book book, Fingerprint node, (LicenseId License, long Number) claim, long version) =>
        Check(book.Claims.Remove(node.Value, out var held) && held == claim, $"{version}: {node} gives back what it does not hold");

    private void Check(bool holds, string violation)
    {
        if (!holds)
        {
            _violations.Add(violation);
        }
    }

    private sealed class Book(string? pool)
    {
        public string? Pool => pool;

        public Dictionary<LicenseId, int> Seats { get; } = [];

        public Dictionary<string, (LicenseId License, long Number)> Claims { get; } = new(StringComparer.Ordinal);

        public long LastNumber { get; set; }
    }
}
