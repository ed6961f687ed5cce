namespace Berth.Storage.Sqlite;

/// <summary>How far a database has come. Neither number ever falls, unless an older copy takes the file's place.</summary>
/// <param name="ClusterId">Which database.</param>
/// <param name="Incarnation">How often a writer has opened it.</param>
/// <param name="Events">How many events its pools have had.</param>
internal sealed record StorePosition(string ClusterId, long Incarnation, long Events)
{
    /// <summary>Whether a database at this position is older than one that had come to <paramref name="noted"/>.</summary>
    public bool IsBehind(StorePosition? noted) =>
        noted is not null
        && string.Equals(ClusterId, noted.ClusterId, StringComparison.Ordinal)
        && (Incarnation < noted.Incarnation || Events < noted.Events);

    /// <summary>What an operator is told of a database that is behind.</summary>
    public string Behind(StorePosition noted) =>
        $"an older copy took the place of the database: it has been opened {Incarnation} times and has {Events} events, "
        + $"and the last member noted {noted.Incarnation} openings and {noted.Events} events";
}
