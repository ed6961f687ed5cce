using Berth.Pools;
using Berth.Runtime.Ownership;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>Hands one shard on, in a transaction that holds the row of the cluster.</summary>
internal sealed class ShardTransfer(PostgresSession session)
{
    private const string LockCluster = "SELECT FROM cluster FOR UPDATE";
    private const string ReadShard = """
        SELECT shard, epoch, former_lease_ms, owner, EXISTS (SELECT FROM members WHERE incarnation = $2 AND state = 0) FROM shards WHERE shard = $1
        """;

    private const string Give = """
        WITH given AS (
            UPDATE shards SET owner = $2, epoch = epoch + 1, former_lease_ms = CASE WHEN $3 THEN 0 ELSE former_lease_ms END WHERE shard = $1)
        UPDATE cluster SET shard_changes = shard_changes + 1
        """;

    /// <summary>As <see cref="IMembershipTable.TransferAsync"/>.</summary>
    public async Task<TransferOutcome> RunAsync(
        Incarnation member, OwnedShard shard, Incarnation to, bool settled, CancellationToken cancel)
    {
        var outcome = await FindAsync(member, shard, to, cancel);
        await using var writes = new NpgsqlBatch(session.Connection);
        if (outcome is null)
        {
            writes.Then(Give, shard.Shard, to.Value, settled);
        }

        await writes.Then("COMMIT").ExecuteNonQueryAsync(cancel);
        return outcome ?? TransferOutcome.Moved;
    }

    /// <summary>What it comes to without a change; null: the shard is to be given.</summary>
    private async Task<TransferOutcome?> FindAsync(Incarnation member, OwnedShard shard, Incarnation to, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(session.Connection).Then("BEGIN").Then(LockCluster).Then(ReadShard, shard.Shard, to.Value);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        Incarnation? owner = await reader.IsDBNullAsync(3, cancel) ? null : new Incarnation(reader.GetInt64(3));
        var epoch = new Epoch(reader.GetInt64(1));
        return owner == to && epoch.Value == shard.Epoch.Value + 1 ? TransferOutcome.Moved
            : owner != member || epoch != shard.Epoch ? TransferOutcome.NotOwned
            : !reader.GetBoolean(4) ? TransferOutcome.SuccessorDown
            : null;
    }
}
