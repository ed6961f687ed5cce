using Berth.Runtime.Ownership;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>
/// Shows that this member's process lives: a session that holds an advisory lock of its incarnation and does nothing else. The server
/// gives the lock back the moment the process has ended. A session that was lost is opened again for as long as the member is there.
/// </summary>
internal sealed class MemberSession(PostgresHosts hosts, TimeProvider time) : IAsyncDisposable
{
    /// <summary>"Brth": the upper half of the keys. The lower half is the incarnation.</summary>
    internal const int Namespace = 0x42727468;

    /// <summary>
    /// In which run of which server a session was. Locks do not outlive a run: a restart, a promotion to another timeline, or a crash of one
    /// backend, after which the postmaster runs on and all others have lost their sessions; a crash begins the statistics anew.
    /// </summary>
    internal const string ServerRun = """
        concat_ws('/', (SELECT system_identifier FROM pg_control_system()), substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
            extract(epoch FROM pg_postmaster_start_time()), (SELECT extract(epoch FROM stats_reset) FROM pg_stat_archiver))
        """;

    private const string TakeLock = "SELECT pg_advisory_lock($1)";

    /// <summary>After the lock: who reads the run knows that the lock was held in it.</summary>
    private const string NoteRun = $"UPDATE members SET server_run = {ServerRun} WHERE incarnation = $1 AND state = 0";

    /// <summary>Looks and does not take: a lock that is taken for a moment would hide the next one's look.</summary>
    private const string LookForLock = $"""
        SELECT EXISTS (SELECT FROM members WHERE incarnation = $1 AND state = 0 AND server_run = {ServerRun})
            AND NOT EXISTS (
                SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND classid = $2::bigint::oid AND objid = ($1 & 4294967295)::oid AND objsubid = 1)
        """;

    private static readonly TimeSpan _openLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _again = TimeSpan.FromMilliseconds(100);

    /// <summary>Guards the fields below.</summary>
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private bool _closed;
    private Incarnation _shown;
    private CancellationTokenSource? _turn;
    private Task _loop = Task.CompletedTask;

    /// <summary>Shows this life from now on, and no other.</summary>
    public void Show(Incarnation member)
    {
        lock (_gate)
        {
            _shown = member;

            // Not here and now: what the driver does to give a connection up may take its time, and a member waits for this to join.
            _ = _turn?.CancelAsync();
            if (_loop.IsCompleted && !_closed)
            {
                _loop = RunAsync();
            }
        }
    }

    /// <summary>
    /// Whether the process of a member that is up has surely lost its session: the server on which it was noted has run on since, and nobody
    /// holds the lock.
    /// </summary>
    public static async Task<bool> HasEndedAsync(PostgresSession session, Incarnation member, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(session.Connection).Then(LookForLock, member.Value, (long)Namespace);
        return await batch.ExecuteScalarAsync(cancel) is true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!Interlocked.Exchange(ref _closed, true))
        {
            await _stop.CancelAsync();
            await _loop;
            _stop.Dispose();
        }
    }

    private static long Key(Incarnation member) => ((long)Namespace << 32) | (member.Value & uint.MaxValue);

    private async Task RunAsync()
    {
        await Task.Yield();
        while (!_stop.IsCancellationRequested)
        {
            using var turn = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            Incarnation member;
            lock (_gate)
            {
                (member, _turn) = (_shown, turn);
            }

            try
            {
                await HoldAsync(member, turn.Token);
            }
            catch (Exception failure) when (failure is NpgsqlException or StoreException or OperationCanceledException)
            {
                await Task.WhenAny(Task.Delay(_again, time, turn.Token));
            }
            finally
            {
                lock (_gate)
                {
                    _turn = null;
                }
            }
        }
    }

    /// <summary>Holds the lock until the session is lost, or the turn is over.</summary>
    private async Task HoldAsync(Incarnation member, CancellationToken turn)
    {
        using var limit = new CancellationTokenSource(_openLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, turn);
        await using var session = await hosts.OpenAsync(either.Token);
        await using (var take = new NpgsqlBatch(session.Connection).Then(TakeLock, Key(member)))
        {
            await take.ExecuteNonQueryAsync(either.Token);
        }

        await using (var note = new NpgsqlBatch(session.Connection).Then(NoteRun, member.Value))
        {
            await note.ExecuteNonQueryAsync(either.Token);
        }

        await session.Connection.WaitAsync(turn);
    }
}
