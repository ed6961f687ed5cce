using Berth.Runtime.Ownership;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>The membership table in PostgreSQL. <c>MEMBERSHIP.md</c> says why it holds what the contract promises.</summary>
internal sealed class PostgresMembershipTable : IMembershipTable, IAsyncDisposable
{
    private const string Enter = $"""
        INSERT INTO members (incarnation, name, address, feature_level, lease_ms, ttl_ms, strategy, heartbeats, crashes)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """;

    private const string Found = "UPDATE cluster SET newest = $1, name = $2, secret_digest = $3";

    /// <summary>The rule is that of <see cref="FoundedCluster.Adopt"/>. Cards show what the cluster goes by, so the members have changed too.</summary>
    private const string Adopt = """
        UPDATE cluster SET secret_digest = $2, former_digest = secret_digest, member_changes = member_changes + 1
        WHERE secret_digest = ANY($1) AND secret_digest <> $2 AND former_digest IS DISTINCT FROM $2
        """;

    private const string Take = """
        WITH taken AS (
            UPDATE shards SET owner = $1, epoch = epoch + 1, former_lease_ms = greatest(former_lease_ms, $4)
            WHERE shard = ANY($2) AND owner IS NOT DISTINCT FROM $3 RETURNING shard, epoch, former_lease_ms),
        changed AS (UPDATE cluster SET shard_changes = shard_changes + 1 WHERE EXISTS (SELECT FROM taken))
        SELECT shard, epoch, former_lease_ms FROM taken ORDER BY shard
        """;

    private const string Free = """
        WITH freed AS (
            UPDATE shards SET owner = NULL, former_lease_ms = CASE WHEN shard = ANY($2) THEN former_lease_ms ELSE 0 END
            WHERE owner = $1 RETURNING shard)
        UPDATE cluster SET shard_changes = shard_changes + 1 WHERE EXISTS (SELECT FROM freed)
        """;

    private readonly MembershipRenewals _renewals;
    private readonly MembershipView _view;
    private readonly PostgresLine _changes;
    private readonly MemberSession? _session;

    /// <param name="hosts">Where the database is.</param>
    /// <param name="session">Shows the others that this member's process lives; null: nobody is shown.</param>
    public PostgresMembershipTable(PostgresHosts hosts, MemberSession? session)
    {
        _renewals = new MembershipRenewals(hosts);
        _view = new MembershipView(hosts);
        _changes = new PostgresLine(hosts);
        _session = session;
    }

    /// <inheritdoc/>
    public async ValueTask<JoinResult> JoinAsync(MemberCard card, CancellationToken cancel)
    {
        MembershipRows.Check(card);
        var result = await _changes.RunAsync((session, limit) => JoinAsync(session, card, limit), cancel);
        if (result.Incarnation is { } joined)
        {
            _session?.Show(joined);
        }

        return result;
    }

    /// <inheritdoc/>
    public ValueTask<RenewResult> RenewAsync(Incarnation member, CancellationToken cancel) => _renewals.RenewAsync(member, cancel);

    /// <inheritdoc/>
    public ValueTask<AcquireResult> AcquireAsync(
        Incarnation member, IReadOnlyList<int> shards, SeenMember? from, CancellationToken cancel)
    {
        MembershipLimits.Check(shards);
        return _changes.RunAsync((session, limit) => AcquireAsync(session, member, [.. shards], from, limit), cancel);
    }

    /// <inheritdoc/>
    public ValueTask<TransferOutcome> TransferAsync(
        Incarnation member, OwnedShard shard, Incarnation to, bool settled, CancellationToken cancel)
    {
        MembershipLimits.CheckShard(shard.Shard);
        return _changes.RunAsync((session, limit) => new ShardTransfer(session).RunAsync(member, shard, to, settled, limit), cancel);
    }

    /// <inheritdoc/>
    public async ValueTask LeaveAsync(Incarnation member, IReadOnlyCollection<int> unsettled, CancellationToken cancel)
    {
        foreach (var shard in unsettled)
        {
            MembershipLimits.CheckShard(shard);
        }

        await _changes.RunAsync(
            (session, limit) => EndAsync(session, member, MemberState.Left, writes => writes.Then(Free, member.Value, unsettled.ToArray()), limit), cancel);
    }

    /// <inheritdoc/>
    public ValueTask<bool> DownAsync(Incarnation member, CancellationToken cancel) =>
        _changes.RunAsync((session, limit) => EndAsync(session, member, MemberState.Down, writes => writes, limit), cancel);

    /// <inheritdoc/>
    public ValueTask<bool> AdoptSecretAsync(IReadOnlyList<string> from, string to, CancellationToken cancel)
    {
        MembershipRows.Check([.. from, to]);
        return _changes.RunAsync((session, limit) => AdoptAsync(session, [.. from], to, limit), cancel);
    }

    /// <inheritdoc/>
    public ValueTask<ClusterTable> ReadAsync(CancellationToken cancel) => _view.ReadAsync(cancel);

    /// <summary>As in <see cref="SharedStore"/>.</summary>
    public ValueTask<bool> HasEndedAsync(MemberRow member, CancellationToken cancel) =>
        _view.AskAsync((session, limit) => MemberSession.HasEndedAsync(session, member.Incarnation, limit), cancel);

    /// <summary>The session goes last: while it is there, nobody may think that this process has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _renewals.DisposeAsync();
        await _changes.DisposeAsync();
        await _view.DisposeAsync();
        if (_session is not null)
        {
            await _session.DisposeAsync();
        }
    }

    private static async Task<JoinResult> JoinAsync(PostgresSession session, MemberCard card, CancellationToken cancel)
    {
        var table = await MembershipLock.TakeAsync(session, default, card.Name, cancel);
        var former = table.Up.FirstOrDefault(row => JoinRules.IsFormerLife(row, card));
        if (JoinRules.Refusal(card, table.Cluster, [.. table.Up.Where(row => row != former)]) is { } refusal)
        {
            await table.RollbackAsync(cancel);
            return refusal;
        }

        await using var writes = table.Writes();
        if (former is not null)
        {
            table.AddEnd(writes, former.Incarnation, MemberState.Down);
        }

        var crashes = JoinRules.CrashesAfter(table.Members.LastOrDefault(row => row.Card.Name == card.Name));
        var joined = new MemberRow(new Incarnation(table.Newest + 1), card, 0, MemberState.Up, crashes);
        var policy = card.ExplicitPolicy;
        writes.Then(
            Enter, joined.Incarnation.Value, card.Name, card.Address, card.FeatureLevel, (long)card.Lease.TotalMilliseconds,
            (long?)policy.Ttl?.TotalMilliseconds, (short?)policy.Strategy, policy.Heartbeats, crashes);
        var cluster = table.Cluster ?? new FoundedCluster(card.Cluster, card.SecretDigest, FeatureLevel: 0);
        writes.Then(Found, joined.Incarnation.Value, cluster.Name, cluster.SecretDigest);
        MembershipLock.AddChanged(writes, cluster, [.. table.Up, joined]);
        await MembershipLock.CommitAsync(writes, cancel);
        return new JoinResult(joined.Incarnation);
    }

    private static async Task<bool> AdoptAsync(PostgresSession session, string[] from, string to, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(session.Connection).Then(Adopt, from, to).Then("SELECT secret_digest FROM cluster");
        return await batch.ExecuteScalarAsync(cancel) as string == to;
    }

    private static async Task<AcquireResult> AcquireAsync(
        PostgresSession session, Incarnation member, int[] shards, SeenMember? from, CancellationToken cancel)
    {
        var table = await MembershipLock.TakeAsync(session, from?.Incarnation ?? default, name: null, cancel);
        if (from is { } seen)
        {
            MembershipLimits.CheckFormerOwner(member, seen.Incarnation, table.Newest);
        }

        var former = from is null ? null : table.Find(from.Value.Incarnation);
        var isUp = former is { State: MemberState.Up };
        if (!table.IsUp(member) || (isUp && former!.Counter != from!.Value.Counter))
        {
            await table.RollbackAsync(cancel);
            return new AcquireResult(table.IsUp(member) ? AcquireOutcome.CounterMoved : AcquireOutcome.Down, []);
        }

        await using var writes = table.Writes().Then(
            Take, member.Value, shards, from?.Incarnation.Value, (long)(former?.Card.Lease.TotalMilliseconds ?? 0));
        if (isUp)
        {
            table.AddEnd(writes, former!.Incarnation, MemberState.Down);
            MembershipLock.AddChanged(writes, table.Cluster, table.Up);
        }

        return new AcquireResult(AcquireOutcome.Acquired, await MembershipLock.CommitAsync(writes, cancel));
    }

    /// <summary>Ends a life. False: it had ended, or never was.</summary>
    private static async Task<bool> EndAsync(
        PostgresSession session, Incarnation member, MemberState how, Func<NpgsqlBatch, NpgsqlBatch> also, CancellationToken cancel)
    {
        var table = await MembershipLock.TakeAsync(session, member, name: null, cancel);
        if (!table.IsUp(member))
        {
            await table.RollbackAsync(cancel);
            return false;
        }

        await using var writes = table.Writes();
        table.AddEnd(writes, member, how);
        also(writes);
        MembershipLock.AddChanged(writes, table.Cluster, table.Up);
        await MembershipLock.CommitAsync(writes, cancel);
        return true;
    }
}
