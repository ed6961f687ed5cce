using Berth.Chaos.History;
using Berth.Chaos.Journal;

namespace Berth.Chaos.Checks;

/// <summary>What nodes were told is in the journal, and the journal has no gap.</summary>
internal static class Acknowledged
{
    /// <summary>What is missing.</summary>
    public static IReadOnlyList<Violation> Check(IReadOnlyList<Operation> operations, JournalContent journal)
    {
        var at = operations.Count > 0 ? operations[^1].Received : TimeSpan.Zero;
        var claims = operations.Where(operation => operation is { IsGrant: true, License: not null })
            .Select(operation => new JournalSeat(operation.Pool, operation.Node, operation.License!));

        // A release says of no license. Which one it was is in the journal alone.
        var released = operations.Where(operation => operation is { Verb: Verb.Release, Outcome: Outcome.Ok })
            .Select(operation => new JournalSeat(operation.Pool, operation.Node, string.Empty));
        return
        [
            .. Missing("claims", claims, journal.Grants, at),
            .. Missing("releases", released, journal.Releases.Select(seat => seat with { License = string.Empty }), at),
            .. journal.Records.GroupBy(record => record.Pool).SelectMany(pool => Gaps(pool.Key, pool, at)),
        ];
    }

    /// <summary>No number of an ownership is smaller than it was.</summary>
    public static IReadOnlyList<Violation> CheckEpochs(IReadOnlyList<EpochRow> before, IReadOnlyList<EpochRow> after, TimeSpan at)
    {
        var newest = after.ToDictionary(row => row.Of, row => row.Epoch);
        return
        [
            .. before.Where(row => newest.GetValueOrDefault(row.Of) < row.Epoch)
                .Select(row => new Violation(ViolationKind.Broken, at, $"{row.Of} was at epoch {row.Epoch} and is at {newest.GetValueOrDefault(row.Of)}")),
        ];
    }

    private static IEnumerable<Violation> Missing(string what, IEnumerable<JournalSeat> told, IEnumerable<JournalSeat> stored, TimeSpan at)
    {
        var known = stored.CountBy(seat => seat).ToDictionary();
        return told.CountBy(seat => seat)
            .Select(seat => (Seat: seat.Key, Missing: seat.Value - known.GetValueOrDefault(seat.Key)))
            .Where(seat => seat.Missing > 0)
            .Select(seat => new Violation(
                ViolationKind.Lost, at, $"{seat.Missing} acknowledged {what} of {seat.Seat.Node} in {seat.Seat.Pool} are not in the journal {seat.Seat.License}", seat.Missing));
    }

    private static IEnumerable<Violation> Gaps(string pool, IEnumerable<JournalRecord> records, TimeSpan at)
    {
        var next = 1L;
        foreach (var record in records.OrderBy(record => record.First))
        {
            if (record.First != next)
            {
                yield return new Violation(ViolationKind.Broken, at, $"pool {pool}: the record at version {record.First} follows version {next - 1}");
            }

            next = record.First + record.Count;
        }
    }
}
