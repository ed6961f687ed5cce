using System.Collections.Concurrent;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Testing.Postgres;

namespace Berth.Storage.Tests.Postgres;

/// <summary>What is known after the server died, or its standby did not answer: each on a server of its own.</summary>
public sealed class PostgresCrashTests
{
    private static readonly PoolName Blue = new("blue");

    [Fact]
    public async Task What_was_committed_is_there_after_the_server_was_killed_under_appends()
    {
        const int Pools = 16;
        await using var server = await PostgresServer.StartAsync();
        await using var on = await StartAsync(server);
        var committed = new ConcurrentDictionary<PoolName, long>();
        var manyCommitted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var busy = 0;
        var loops = Enumerable.Range(0, Pools).Select(async i =>
        {
            var pool = new PoolName($"pool {i}");
            var opening = await on.CreateAndOpenAsync(pool);
            for (var version = 0L; await CommitsAsync(on, pool, opening, version); version++)
            {
                committed[pool] = version + 1;
                if (version == 20 && Interlocked.Increment(ref busy) == Pools)
                {
                    manyCommitted.TrySetResult();
                }
            }
        }).ToList();
        await manyCommitted.Task;
        await server.KillAsync();
        await Task.WhenAll(loops);
        (await AfterTheKillAsync(on)).Outcome.ShouldBe(AppendOutcome.NotWritten);

        await server.StartAsync();
        foreach (var (pool, version) in committed)
        {
            var records = await on.Journal.ReadAsync(pool, 0, int.MaxValue);
            records.Count.ShouldBeInRange((int)version, (int)version + 1);
            var opened = await on.Journal.OpenAsync(pool, new Epoch(1), null, _ => { });
            (await on.AppendAsync(pool, opened.Opening, records.Count)).ShouldBe(AppendResult.Committed);
        }
    }

    [Fact]
    public async Task A_commit_whose_wait_for_the_standby_was_ended_is_unknown()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var on = await StartAsync(server);
        var opening = await on.CreateAndOpenAsync(Blue);
        await using var other = await RawSession.OpenAsync(on.Database);
        await StopStandbyAsync(other, on.Database);
        foreach (var (end, batch) in new[]
        {
            ("pg_cancel_backend", JournalFixture.Batch(0)), ("pg_terminate_backend", JournalFixture.Batch(1)),
            ("pg_cancel_backend", JournalFixture.Licensed("one")), ("pg_terminate_backend", JournalFixture.Licensed("two")),
        })
        {
            var last = (await on.Journal.ReadAsync(Blue, 0, 10)).Count;
            var append = on.Journal.AppendAsync(Blue, new Epoch(1), opening, last, batch).AsTask();
            await EndWaitAsync(other, end);
            await Should.ThrowAsync<StoreException>(() => append);
        }

        var open = on.Journal.OpenAsync(Blue, new Epoch(2), null, _ => { }).AsTask();
        await EndWaitAsync(other, "pg_cancel_backend");
        await Should.ThrowAsync<StoreException>(() => open);

        // It happened here: that is why nobody may say that it did not.
        await SetStandbyAsync(other, string.Empty);
        (await on.Journal.ReadAsync(Blue, 0, 10)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task An_append_that_is_not_answered_in_time_is_unknown_and_the_next_has_another_connection()
    {
        await using var server = await PostgresServer.StartAsync();
        var database = await server.CreateDatabaseAsync();
        await JournalDatabase.EnterAsync(database);
        await using var on = await JournalFixture.StartAsync(database, JournalFixture.Patient with { TimeLimit = TimeSpan.FromSeconds(1), AppendConnections = 1 });
        var green = new PoolName("green");
        var openings = (Blue: await on.CreateAndOpenAsync(Blue), Green: await on.CreateAndOpenAsync(green));
        await using var other = await RawSession.OpenAsync(database);
        await StopStandbyAsync(other, database);
        foreach (var (pool, opening, batch) in new[] { (Blue, openings.Blue, JournalFixture.Batch(0)), (green, openings.Green, JournalFixture.Licensed("one")) })
        {
            var error = await Should.ThrowAsync<StoreException>(async () => await on.Journal.AppendAsync(pool, new Epoch(1), opening, 0, batch));
            error.Message.ShouldContain("nobody knows");
        }

        // Those two still stand in their commits; none was cancelled.
        (await other.ReadAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")).ShouldBe(2L);
        await SetStandbyAsync(other, string.Empty);
        await other.WaitForAsync("SELECT count(*) = 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
        var opened = await on.Journal.OpenAsync(Blue, new Epoch(1), null, _ => { });
        var stored = (await on.Journal.ReadAsync(Blue, 0, 10)).Count;
        stored.ShouldBe(1);
        (await on.AppendAsync(Blue, opened.Opening, stored)).ShouldBe(AppendResult.Committed);
    }

    /// <summary>A connection that ended unnoticed costs one append of unknown outcome.</summary>
    private static async Task<AppendResult> AfterTheKillAsync(JournalFixture on)
    {
        for (var connection = 0; connection < JournalFixture.Patient.AppendConnections; connection++)
        {
            try
            {
                return await on.AppendAsync(Blue, new Opening(1), 0);
            }
            catch (StoreException error)
            {
                error.Message.ShouldContain("nobody knows");
            }
        }

        return await on.AppendAsync(Blue, new Opening(1), 0);
    }

    private static async Task<JournalFixture> StartAsync(PostgresServer server)
    {
        var database = await server.CreateDatabaseAsync();
        await JournalDatabase.EnterAsync(database);
        return await JournalFixture.StartAsync(database);
    }

    private static async Task<bool> CommitsAsync(JournalFixture on, PoolName pool, Opening opening, long version)
    {
        try
        {
            var result = await on.AppendAsync(pool, opening, version);
            result.Outcome.ShouldNotBe(AppendOutcome.Fenced);
            return result == AppendResult.Committed;
        }
        catch (StoreException)
        {
            return false;
        }
    }

    private static async Task SetStandbyAsync(RawSession session, string names)
    {
        await session.RunAsync($"ALTER SYSTEM SET synchronous_standby_names = '{names}'");
        await session.RunAsync("SELECT pg_reload_conf()");
        await session.WaitForAsync($"SELECT current_setting('synchronous_standby_names') = '{names}'");
    }

    /// <summary>From now on every commit waits. Another process of the server puts that into effect, so one is made to wait for it.</summary>
    private static async Task StopStandbyAsync(RawSession session, TestDatabase database)
    {
        await SetStandbyAsync(session, "nobody");
        var waited = false;
        await using var probe = await RawSession.OpenAsync(database);
        var probing = ProbeAsync();
        await session.WaitForAsync("SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
        Volatile.Write(ref waited, true);
        await EndWaitAsync(session, "pg_cancel_backend");
        await probing;

        async Task ProbeAsync()
        {
            while (!Volatile.Read(ref waited))
            {
                await probe.RunAsync("SELECT pg_logical_emit_message(true, 'probe', '')");
            }
        }
    }

    private static async Task EndWaitAsync(RawSession session, string how)
    {
        await session.WaitForAsync("SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
        await session.ReadAsync($"SELECT {how}(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
        await session.WaitForAsync("SELECT count(*) = 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    }
}
