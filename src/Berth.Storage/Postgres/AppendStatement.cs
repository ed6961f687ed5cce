using Npgsql;
using NpgsqlTypes;

namespace Berth.Storage.Postgres;

/// <summary>
/// Appends the batches of many pools. A pool's row is locked for others to share: an open, which changes it, comes before or after. The record
/// before must be there, or be the base; the primary key keeps a second record from the same place.
/// </summary>
internal sealed class AppendStatement : GroupStatement<AppendRequest>
{
    /// <summary>The record that ends at a version, as a condition. DESIGN.md says why this and the primary key suffice.</summary>
    public const string Follows = """
        b.expected >= p.base_version AND (b.expected = p.base_version OR b.expected = (
            SELECT e.first + e.count - 1 FROM events e WHERE e.pool_id = p.id AND e.first <= b.expected ORDER BY e.first DESC LIMIT 1))
        """;

    public override string Sql => $"""
        WITH written AS (
            INSERT INTO events (pool_id, first, count, hash, bytes)
            SELECT p.id, b.expected + 1, b.count, b.hash, b.bytes
            FROM unnest($1, $2, $3, $4, $5, $6, $7) AS b (pool, epoch, opening, expected, count, hash, bytes)
            JOIN pools p ON p.name = b.pool
            WHERE p.epoch = b.epoch AND p.opening = b.opening AND {Follows}
            ORDER BY p.id
            FOR SHARE OF p
            ON CONFLICT DO NOTHING
            RETURNING pool_id)
        SELECT p.name FROM written w JOIN pools p ON p.id = w.pool_id
        """;

    public override void AddParameters(NpgsqlParameterCollection parameters)
    {
        NpgsqlDbType[] types = [NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Integer, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea];
        foreach (var type in types)
        {
            parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type });
        }
    }

    public override void Fill(NpgsqlParameterCollection parameters, IReadOnlyList<AppendRequest> group)
    {
        parameters[0].Value = Each(group, request => request.Pool.Value);
        parameters[1].Value = Each(group, request => request.Hold.Epoch.Value);
        parameters[2].Value = Each(group, request => request.Hold.Opening.Value);
        parameters[3].Value = Each(group, request => request.ExpectedVersion);
        parameters[4].Value = Each(group, request => request.Count);
        parameters[5].Value = Each(group, request => request.Hash);
        parameters[6].Value = Each(group, request => request.Content);
    }

    public override async Task ReadAsync(NpgsqlDataReader rows, IReadOnlyList<AppendRequest> group)
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        while (await rows.ReadAsync())
        {
            written.Add(rows.GetString(0));
        }

        foreach (var request in group)
        {
            request.IsWritten = written.Contains(request.Pool.Value);
        }
    }

    private static TValue[] Each<TValue>(IReadOnlyList<AppendRequest> group, Func<AppendRequest, TValue> of)
    {
        var values = new TValue[group.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = of(group[i]);
        }

        return values;
    }
}
