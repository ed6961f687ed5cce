using System.Globalization;
using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Audit;
using Berth.Runtime.Journal;
using Berth.Server.Audit;

namespace Berth.Server.Management;

/// <summary>The record of the pools.</summary>
internal sealed class AuditRecord(ManagedPools pools, IJournal journal, AuditSource source) : IAudit
{
    private const int VersionsAtOnce = 500;
    private const int MostLookedAt = 20_000;

    /// <inheritdoc/>
    public async ValueTask<Answer<AuditListing>> ListAsync(AuditQuery query, string? next, int limit, CancellationToken stop)
    {
        if (query.Event is { } kind && !AuditEvents.Names.Contains(kind))
        {
            return Problems.Invalid($"there is no event of this name: write one of {string.Join(", ", AuditEvents.Names)}");
        }

        if (query.Pool is { } only && !await pools.HasAsync(new PoolName(only)))
        {
            return Problems.NoSuchPool();
        }

        if (!TryRead(next, out var from, out var below))
        {
            return Problems.Invalid("no page begins there");
        }

        var entries = new List<AuditEntry>();
        var most = Math.Clamp(limit, 1, ManagementRoutes.MaxPage);
        var left = MostLookedAt;
        var names = query.Pool is null ? pools.Names.SkipWhile(name => string.CompareOrdinal(name.Value, from) < 0) : [new PoolName(query.Pool)];
        var looked = 0;
        await foreach (var (name, reply) in pools.AskEachAsync(names, _ => new AskSummary(), stop))
        {
            if (reply is not PoolSummary summary)
            {
                return Problems.Of(reply);
            }

            if (looked++ == ManagedPools.MostInPage)
            {
                return new AuditListing(entries, $"{long.MaxValue}:{name.Value}");
            }

            var top = string.Equals(name.Value, from, StringComparison.Ordinal) ? Math.Min(below, summary.Version + 1) : summary.Version + 1;
            var end = await LookAsync(name, top, query, entries, most, left, stop);
            if (end.Below > 0)
            {
                return new AuditListing(entries, $"{end.Below}:{name.Value}");
            }

            left = Math.Max(1, left - end.Looked);
        }

        return new AuditListing(entries, null);
    }

    /// <inheritdoc/>
    public async ValueTask<Answer<AuditWritten>> ExportAsync(Stream target, CancellationToken stop)
    {
        var counted = new CountedStream(target);
        await source.WriteAsync(counted, stop);
        return new AuditWritten(counted.Written);
    }

    /// <summary>Looks through a pool from its newest event on, below a version. Answers where to go on (0: nowhere) and how many it looked at.</summary>
    private async ValueTask<(long Below, int Looked)> LookAsync(
        PoolName pool, long below, AuditQuery query, List<AuditEntry> entries, int most, int left, CancellationToken stop)
    {
        var looked = 0;
        while (below > 1 && looked < left)
        {
            stop.ThrowIfCancellationRequested();
            var after = Math.Max(0, below - 1 - VersionsAtOnce);
            var found = Entries(pool, await journal.ReadAsync(pool, after, VersionsAtOnce), after, below);
            if (found.Count == 0)
            {
                return (0, looked);
            }

            for (var i = found.Count - 1; i >= 0; i--)
            {
                if (entries.Count == most)
                {
                    return (below, looked);
                }

                below = found[i].Version;
                looked++;
                if (IsWanted(found[i], query))
                {
                    entries.Add(found[i]);
                }
            }
        }

        return (below > 1 ? below : 0, looked);
    }

    private static List<AuditEntry> Entries(PoolName pool, IReadOnlyList<JournalRecord> records, long after, long below)
    {
        var found = new List<AuditEntry>();
        foreach (var record in records)
        {
            var version = record.FirstVersion - 1;
            foreach (var stored in new EventFrames(record.Bytes))
            {
                if (++version > after && version < below)
                {
                    found.Add(Entry(pool, version, EventCodec.Read(stored.Span)));
                }
            }
        }

        return found;
    }

    private static AuditEntry Entry(PoolName pool, long version, PoolEvent happened)
    {
        var (node, license, number) = AuditEvents.SubjectOf(happened);
        var (_, wall, who) = happened.Stamp;
        var time = DateTimeOffset.FromUnixTimeMilliseconds(
            Math.Clamp(wall, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
        return new AuditEntry(
            pool.Value, version, time, AuditEvents.NameOf(happened), AuditEvents.ActionOf(happened),
            node?.Value, license?.Value, number, who.Actor, who.Address, who.User, who.Host);
    }

    private static bool IsWanted(AuditEntry entry, AuditQuery query) =>
        (query.Node is null || entry.Node == query.Node)
        && (query.License is null || entry.License == query.License)
        && (query.Event is null || entry.Event == query.Event);

    /// <summary>A place is written <c>version:pool</c>.</summary>
    private static bool TryRead(string? text, out string pool, out long below)
    {
        (pool, below) = (string.Empty, long.MaxValue);
        if (text is null)
        {
            return true;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || !long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out below))
        {
            return false;
        }

        pool = text[(colon + 1)..];
        return true;
    }
}
