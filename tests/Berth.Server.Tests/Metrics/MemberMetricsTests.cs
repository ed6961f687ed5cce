using System.Buffers;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Server.Metrics;
using Berth.Server.Tests.Http;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Metrics;

/// <summary>What a member tells is what happened.</summary>
public sealed class MemberMetricsTests
{
    private const string Native = "/v2/pools/-/claims/";

    [Fact]
    public async Task Claims_heartbeats_and_releases_are_counted_where_they_are_decided_and_timed_at_the_edge()
    {
        await using var member = await TestMember.WithSeatsAsync(2);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        (await member.StatusAsync(Request("PUT", Native + "b"))).ShouldBe(201);
        (await member.StatusAsync(Put("c"))).ShouldBe(410);
        (await member.StatusAsync(Put("a"))).ShouldBe(202);
        (await member.StatusAsync(Request("PUT", Native + "b"))).ShouldBe(200);
        (await member.StatusAsync(Put("b"))).ShouldBe(202);
        (await member.StatusAsync(Delete("b"))).ShouldBe(204);
        (await member.StatusAsync(Delete("b"))).ShouldBe(404);
        var told = await member.Member.ScrapeAsync();
        told["berth_claims_total", ("pool", "-"), ("result", "granted")].ShouldBe(2);
        told["berth_claims_total", ("pool", "-"), ("result", "denied")].ShouldBe(1);
        told["berth_denials_total", ("pool", "-"), ("reason", "all-held")].ShouldBe(1);
        told.Sum("berth_denials_total").ShouldBe(1);
        told["berth_heartbeats_total", ("result", "renewed")].ShouldBe(3);
        told["berth_releases_total", ("result", "released")].ShouldBe(1);
        told["berth_releases_total", ("result", "not_held")].ShouldBe(1);
        told["berth_claim_duration_seconds_count"].ShouldBe(3);
        told["berth_heartbeat_duration_seconds_count"].ShouldBe(3);
        told["berth_claim_duration_seconds_sum"].ShouldBeInRange(0.000_001, 60);
        told["berth_ready"].ShouldBe(1);
        told["berth_cluster_members", ("status", "up")].ShouldBe(1);
        told["berth_shards", ("state", "held")].ShouldBe(256);
        told["berth_pools", ("state", "open")].ShouldBe(1);
        told["berth_store_duration_seconds_count", ("operation", "append")].ShouldBeGreaterThanOrEqualTo(4);
        told["berth_storage_up"].ShouldBe(1);
    }

    [Fact]
    public async Task Seats_are_told_by_state_and_holders_by_how_long_they_were_silent()
    {
        var time = new HandClock();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var member = await TestMember.StartAsync(time: time);
        await member.AddLicenseAsync(PoolName.Global, "past", seats: 3, expiryMs: now - 60_000);
        await member.AddLicenseAsync(PoolName.Global, "soon", seats: 5, expiryMs: now + (6 * 86_400_000L));
        await member.AddLicenseAsync(PoolName.Global, "never", seats: 7);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        (await member.StatusAsync(Put("b"))).ShouldBe(201);
        await time.AdvanceAsync(member, 40);
        (await member.StatusAsync(Put("b"))).ShouldBe(202);
        await time.AdvanceAsync(member, 2);
        var told = await member.Member.ScrapeAsync();
        Seats(told, "total").ShouldBe(15);
        Seats(told, "leased").ShouldBe(2);
        Seats(told, "free").ShouldBe(10);
        Seats(told, "expired").ShouldBe(3);
        told["berth_licenses", ("pool", "-")].ShouldBe(3);
        told["berth_licenses_expired", ("pool", "-")].ShouldBe(1);
        told["berth_licenses_ending", ("pool", "-"), ("days", "1")].ShouldBe(0);
        told["berth_licenses_ending", ("pool", "-"), ("days", "7")].ShouldBe(1);
        told["berth_licenses_ending", ("pool", "-"), ("days", "30")].ShouldBe(1);
        told["berth_license_not_after_timestamp_seconds", ("pool", "-")].ShouldBe((now + (6 * 86_400_000L)) / 1000.0);
        told["berth_heartbeat_age_seconds_count"].ShouldBe(2);
        told["berth_heartbeat_age_seconds_bucket", ("le", "5")].ShouldBe(1);
        told["berth_heartbeat_age_seconds_bucket", ("le", "30")].ShouldBe(1);
        told["berth_heartbeat_age_seconds_bucket", ("le", "45")].ShouldBe(2);
        told["berth_heartbeat_age_seconds_sum"].ShouldBe(44, 1.5);

        static double Seats(Berth.Testing.Metrics.ScrapedMetrics told, string state) => told["berth_pool_seats", ("pool", "-"), ("state", state)];
    }

    [Fact]
    public async Task A_seat_counts_as_expired_from_the_moment_its_license_ends_though_nobody_claims()
    {
        var time = new HandClock();
        await using var member = await TestMember.StartAsync(time: time);
        await member.AddLicenseAsync(PoolName.Global, "soon", seats: 5, expiryMs: time.GetUtcNow().ToUnixTimeMilliseconds() + 1_000);
        (await member.Member.ScrapeAsync())["berth_pool_seats", ("pool", "-"), ("state", "free")].ShouldBe(5);
        time.Add(TimeSpan.FromSeconds(1));
        (await member.Member.ScrapeAsync())["berth_pool_seats", ("pool", "-"), ("state", "expired")].ShouldBe(5);
    }

    [Fact]
    public async Task Silent_holders_that_are_swept_up_are_counted()
    {
        var time = new HandClock();
        await using var member = await TestMember.WithSeatsAsync(1, time: time);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        await time.AdvanceAsync(member, 63);
        (await member.StatusAsync(Put("b"))).ShouldBe(201);
        var told = await member.Member.ScrapeAsync();
        told["berth_culls_total"].ShouldBe(1);
        told["berth_claims_total", ("pool", "-"), ("result", "granted")].ShouldBe(2);
    }

    [Fact]
    public async Task What_waits_is_told_of_all_pools_and_of_the_fullest()
    {
        var journal = new ScriptedJournal();
        await using var member = await TestMember.StartAsync(journal: journal);
        await member.AddSeatsAsync(PoolName.Global, 9);
        await member.AddSeatsAsync(new PoolName("p"), 9, "p-");
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var entered = new SemaphoreSlim(0);
        journal.OnAppend = async append =>
        {
            entered.Release();
            await held.Task;
            return await append();
        };

        // The first of each pool is being written, the others wait.
        List<Task<int>> claims = [member.StatusAsync(Put("first")), member.StatusAsync(Put("first", "Relay-Pool: p"))];
        await entered.WaitAsync(TestContext.Current.CancellationToken);
        await entered.WaitAsync(TestContext.Current.CancellationToken);
        claims.AddRange([member.StatusAsync(Put("b")), member.StatusAsync(Put("c")), member.StatusAsync(Put("b", "Relay-Pool: p"))]);
        var told = await member.Member.ScrapeAsync();
        while (told["berth_mailbox_waiting"] < 3)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            told = await member.Member.ScrapeAsync();
        }

        held.SetResult();
        (told["berth_mailbox_waiting"], told["berth_mailbox_waiting_max"]).ShouldBe((3, 2));
        (await Task.WhenAll(claims)).ShouldAllBe(status => status == 201);
        (await member.Member.ScrapeAsync())["berth_mailbox_waiting_max"].ShouldBe(0);
    }

    [Fact]
    public async Task Names_of_pools_are_escaped()
    {
        const string Name = "a\"b\\c{d},e=ü";
        await using var member = await TestMember.StartAsync();
        await member.AddSeatsAsync(new PoolName(Name), 1);
        (await member.Member.ScrapeAsync())["berth_pool_seats", ("pool", Name), ("state", "total")].ShouldBe(1);
    }

    [Fact]
    public async Task Only_so_many_pools_have_a_name_and_the_sums_are_right()
    {
        await using var member = await TestMember.StartAsync(TestMember.Options with { MetricsPools = 2 });
        for (var i = 1; i <= 4; i++)
        {
            await member.AddSeatsAsync(new PoolName($"p{i}"), i, $"p{i}-");
            (await member.StatusAsync(Put("a", $"Relay-Pool: p{i}"))).ShouldBe(201);
        }

        var told = await member.Member.ScrapeAsync();
        told.Families["berth_pool_seats"].Samples.Select(sample => sample.Labels["pool"]).Distinct().ShouldBe(["p3", "p4", "other"]);
        told["berth_pool_seats", ("pool", "other"), ("state", "total")].ShouldBe(3);
        told.Sum("berth_pool_seats", ("state", "leased")).ShouldBe(4);
        told["berth_claims_total", ("pool", "other"), ("result", "granted")].ShouldBe(2);
        told["berth_heartbeat_age_seconds_count"].ShouldBe(4);
    }

    [Fact]
    public async Task What_the_store_refuses_is_an_error_of_the_store_and_no_grant()
    {
        var journal = new ScriptedJournal();
        await using var member = await TestMember.StartAsync(journal: journal);
        await member.AddSeatsAsync(PoolName.Global, 1);
        journal.OnAppend = _ => new(AppendResult.NotWritten("the disk is full"));
        (await member.StatusAsync(Put("a"))).ShouldBe(503);
        var told = await member.Member.ScrapeAsync();
        told["berth_store_errors_total", ("operation", "append")].ShouldBe(1);
        told["berth_claims_total", ("pool", "-"), ("result", "granted")].ShouldBe(0);
        told["berth_claims_total", ("pool", "-"), ("result", "unavailable")].ShouldBe(1);
    }

    [Fact]
    public async Task Four_scrapes_are_taken_at_once_and_no_more()
    {
        await using var member = await TestMember.StartAsync();
        using var slow = new SlowBuffer();
        var metrics = member.Member.Metrics;
        var first = Task.Run(() => metrics.TryWriteAsync(slow, CancellationToken.None).AsTask());
        slow.Reached.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
        var waiting = Enumerable.Range(1, MemberMetrics.MostAtOnce - 1)
            .Select(_ => metrics.TryWriteAsync(new ArrayBufferWriter<byte>(), CancellationToken.None).AsTask()).ToList();
        (await metrics.TryWriteAsync(new ArrayBufferWriter<byte>(), CancellationToken.None)).ShouldBeFalse();
        slow.Go.Set();
        (await first).ShouldBeTrue();
        (await Task.WhenAll(waiting)).ShouldAllBe(written => written);
        (await metrics.TryWriteAsync(new ArrayBufferWriter<byte>(), CancellationToken.None)).ShouldBeTrue();
    }

    /// <summary>A buffer that takes nothing until it may.</summary>
    private sealed class SlowBuffer : IBufferWriter<byte>, IDisposable
    {
        private readonly ArrayBufferWriter<byte> _inner = new();

        public ManualResetEventSlim Reached { get; } = new();

        public ManualResetEventSlim Go { get; } = new();

        public void Advance(int count) => _inner.Advance(count);

        public Memory<byte> GetMemory(int sizeHint = 0) => _inner.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0)
        {
            Reached.Set();
            Go.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
            return _inner.GetSpan(sizeHint);
        }

        public void Dispose()
        {
            Reached.Dispose();
            Go.Dispose();
        }
    }
}
