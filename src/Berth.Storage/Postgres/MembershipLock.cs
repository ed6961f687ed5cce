using System.Data.Common;
using Berth.Runtime.Ownership;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>
/// The members while nobody else may change them: a transaction that holds the row of the cluster, and that of the member it is about, so
/// that this one does not renew meanwhile either. It ends with one more trip: <see cref="CommitAsync"/> or <see cref="RollbackAsync"/>.
/// </summary>
internal sealed class MembershipLock
{
    private const string LockCluster = "SELECT name, secret_digest, feature_level, newest FROM cluster FOR UPDATE";
    private const string LockMember = "SELECT 1 FROM members WHERE incarnation = $1 FOR UPDATE";
    private const string ReadMembers = $"""
        SELECT {MembershipRows.MemberColumns} FROM members
        WHERE state = 0 OR incarnation = $1 OR incarnation = (SELECT max(incarnation) FROM members WHERE name = $2) ORDER BY incarnation
        """;

    private const string End = "UPDATE members SET state = $2 WHERE incarnation = $1";
    private const string Changed = "UPDATE cluster SET feature_level = $1, member_changes = member_changes + 1";

    /// <summary>
    /// The oldest that is not the newest of its name, otherwise the oldest; never an owner, because its lease counts.
    /// </summary>
    private const string Forget = """
        DELETE FROM members WHERE (SELECT count(*) FROM members WHERE state <> 0) > $1 AND incarnation = (
            SELECT m.incarnation FROM members m WHERE m.state <> 0 AND NOT EXISTS (SELECT FROM shards s WHERE s.owner = m.incarnation)
            ORDER BY NOT EXISTS (SELECT FROM members n WHERE n.name = m.name AND n.incarnation > m.incarnation), m.incarnation LIMIT 1)
        """;

    private readonly PostgresSession _session;

    private MembershipLock(PostgresSession session) => _session = session;

    /// <summary>What the first member has fixed; null: nobody ever joined.</summary>
    public FoundedCluster? Cluster { get; private set; }

    /// <summary>The greatest incarnation that was ever given.</summary>
    public long Newest { get; private set; }

    /// <summary>Those that are up, the one that was asked for, and the newest of the name that was asked for.</summary>
    public IReadOnlyList<MemberRow> Members { get; private set; } = [];

    /// <summary>Those that count.</summary>
    public IEnumerable<MemberRow> Up => Members.Where(row => row.State == MemberState.Up);

    /// <summary>Begins.</summary>
    /// <param name="session">The connection, on which nothing else happens until the end.</param>
    /// <param name="about">Whose row is locked and read, whether it is up or not.</param>
    /// <param name="name">Whose newest life is read.</param>
    /// <param name="cancel">Gives up, and the connection with it.</param>
    public static async Task<MembershipLock> TakeAsync(PostgresSession session, Incarnation about, string? name, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(session.Connection)
            .Then("BEGIN")
            .Then(LockCluster)
            .Then(LockMember, about.Value)
            .Then(ReadMembers, about.Value, name ?? "");
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var taken = new MembershipLock(session);
        await reader.ReadAsync(cancel);
        taken.Newest = reader.GetInt64(3);
        taken.Cluster = await ClusterAsync(reader, cancel);
        await reader.NextResultAsync(cancel);
        await reader.NextResultAsync(cancel);
        var members = new List<MemberRow>();
        while (await reader.ReadAsync(cancel))
        {
            members.Add(MembershipRows.Member(reader, taken.Cluster?.Name ?? "", taken.Cluster?.SecretDigest ?? ""));
        }

        taken.Members = members;
        return taken;
    }

    /// <summary>The row of an incarnation that was asked for or is up; null: there is none.</summary>
    public MemberRow? Find(Incarnation member) => Members.FirstOrDefault(row => row.Incarnation == member);

    /// <summary>Whether it counts.</summary>
    public bool IsUp(Incarnation member) => Find(member) is { State: MemberState.Up };

    /// <summary>What is to be written.</summary>
    public NpgsqlBatch Writes() => new(_session.Connection);

    /// <summary>Adds the end of a life.</summary>
    public void AddEnd(NpgsqlBatch writes, Incarnation member, MemberState how)
    {
        writes.Then(End, member.Value, (short)how);
        Members = [.. Members.Select(row => row.Incarnation == member ? row with { State = how } : row)];
    }

    /// <summary>Adds what follows from a change of the members, once: between a former life and the next the level does not rise.</summary>
    /// <param name="writes">Where to.</param>
    /// <param name="cluster">The cluster as it was before.</param>
    /// <param name="up">Those that are up once it is written.</param>
    public static void AddChanged(NpgsqlBatch writes, FoundedCluster? cluster, IEnumerable<MemberRow> up) => writes
        .Then(Changed, cluster?.With(up).FeatureLevel ?? 0)
        .Then(Forget, ClusterTable.MaxEndedMembers);

    /// <summary>Writes it and ends the transaction, and reads what the first command returns.</summary>
    public static async Task<List<OwnedShard>> CommitAsync(NpgsqlBatch writes, CancellationToken cancel)
    {
        await using var reader = await writes.Then("COMMIT").ExecuteReaderAsync(cancel);
        var shards = new List<OwnedShard>();
        while (await reader.ReadAsync(cancel))
        {
            shards.Add(MembershipRows.Owned(reader));
        }

        while (await reader.NextResultAsync(cancel))
        {
            // An error of a later command is thrown here.
        }

        return shards;
    }

    /// <summary>Nothing changed.</summary>
    public async Task RollbackAsync(CancellationToken cancel)
    {
        await using var rollback = new NpgsqlCommand("ROLLBACK", _session.Connection);
        await rollback.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<FoundedCluster?> ClusterAsync(DbDataReader row, CancellationToken cancel) =>
        await row.IsDBNullAsync(0, cancel) ? null : new FoundedCluster(row.GetString(0), row.GetString(1), row.GetInt32(2));
}
