using Berth.Pools;
using Berth.Runtime.Journal;
using Npgsql;
using NpgsqlTypes;

namespace Berth.Storage.Postgres;

/// <summary>How raising a fence ended.</summary>
/// <param name="Outcome">As of an open.</param>
/// <param name="PoolId">The pool's number here.</param>
/// <param name="Opening">The opening to append under.</param>
internal sealed record RaisedFence(OpenOutcome Outcome, int PoolId, Opening Opening);

/// <summary>Takes a pool for an epoch and its next opening.</summary>
internal sealed class FenceRequest(PoolName pool, Epoch epoch) : WritingRequest(pool)
{
    private static readonly RaisedFence _missing = new(OpenOutcome.NoSuchPool, 0, default);

    private readonly TaskCompletionSource<RaisedFence> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<RaisedFence> Answer => _answer.Task;

    public Epoch Epoch => epoch;

    /// <summary>What the statement came to; null: there is no such pool.</summary>
    public RaisedFence? Raised { get; set; }

    public override void Settle() => _answer.TrySetResult(Raised ?? _missing);

    public override void Refuse(string reason) => Fail(new StoreException(reason));

    public override void Fail(Exception error) => _answer.TrySetException(error);
}

/// <summary>
/// Raises the fences of many pools. It waits for every append that has a pool's row, and every later one finds the new opening: so whoever
/// reads after its commit reads everything that was or will be written under older ones.
/// </summary>
internal sealed class FenceStatement : GroupStatement<FenceRequest>
{
    public override string Sql => """
        WITH wanted AS MATERIALIZED (
            SELECT * FROM unnest($1, $2) AS w (pool, epoch)),
        locked AS MATERIALIZED (
            SELECT p.id, w.epoch FROM wanted w JOIN pools p ON p.name = w.pool
            WHERE p.epoch <= w.epoch ORDER BY p.id FOR NO KEY UPDATE OF p),
        raised AS (
            UPDATE pools p SET epoch = l.epoch, opening = p.opening + 1 FROM locked l WHERE p.id = l.id RETURNING p.name, p.id, p.opening)
        SELECT p.name, p.id, r.opening FROM wanted w JOIN pools p ON p.name = w.pool LEFT JOIN raised r ON r.id = p.id
        """;

    /// <summary>The second opening counts.</summary>
    public override bool MayHappenTwice => true;

    public override void AddParameters(NpgsqlParameterCollection parameters)
    {
        parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
    }

    public override void Fill(NpgsqlParameterCollection parameters, IReadOnlyList<FenceRequest> group)
    {
        parameters[0].Value = group.Select(request => request.Pool.Value).ToArray();
        parameters[1].Value = group.Select(request => request.Epoch.Value).ToArray();
    }

    public override async Task ReadAsync(NpgsqlDataReader rows, IReadOnlyList<FenceRequest> group)
    {
        var found = new Dictionary<string, RaisedFence>(StringComparer.Ordinal);
        while (await rows.ReadAsync())
        {
            found.Add(rows.GetString(0), rows.IsDBNull(2)
                ? new RaisedFence(OpenOutcome.Fenced, 0, default)
                : new RaisedFence(OpenOutcome.Opened, rows.GetInt32(1), new Opening(rows.GetInt64(2))));
        }

        foreach (var request in group)
        {
            request.Raised = found.GetValueOrDefault(request.Pool.Value);
        }
    }
}
