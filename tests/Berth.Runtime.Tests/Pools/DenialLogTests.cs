using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Testing;

namespace Berth.Runtime.Tests.Pools;

public sealed class DenialLogTests
{
    private static readonly PoolName _pool = new("p");
    private static readonly NoSeatFree _held = new(DenialReason.AllHeld);

    private readonly FakeClock _clock = new();
    private readonly RecordedLog _messages = new();
    private readonly MemoryJournal _store = new();
    private readonly FaultyJournal _journal;
    private readonly DenialLog _log;

    public DenialLogTests()
    {
        _journal = new FaultyJournal(_store);
        _log = new DenialLog(_journal, _clock, _messages);
    }

    [Fact]
    public async Task Denials_are_counted_by_reason_and_node_with_first_and_last_time()
    {
        var start = NowMs;
        Note("a", _held);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Note("b", new NoSeatFree(DenialReason.NoLicenses));
        Note("b", new NoSeatFree(DenialReason.Expired));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Note("c", HeldElsewhere.Instance);
        Note("a", _held);
        (await WrittenAsync()).ShouldBe(
        [
            Count("all-held", "a", 2, start, start + 2000),
            Count("held-elsewhere", "c", 1, start + 2000, start + 2000),
            Count("expired", "b", 1, start + 1000, start + 1000),
            Count("no-licenses", "b", 1, start + 1000, start + 1000),
        ]);
    }

    [Fact]
    public void Each_reason_has_a_word_of_its_own() =>
        Enum.GetValues<DenialReason>().Select(reason => DenialReasons.Of(new NoSeatFree(reason)))
            .ShouldBe(["no-licenses", "all-held", "expired"]);

    [Fact]
    public async Task What_cannot_be_written_at_the_end_is_told()
    {
        _journal.Next(JournalCall.Denials, Fault.ThrowBefore);
        Note("a", _held);
        Note("a", _held);
        (await WrittenAsync()).ShouldBeEmpty();
        _messages.Count("2 denials were not recorded").ShouldBe(1);
    }

    [Fact]
    public async Task What_denies_nothing_is_not_counted()
    {
        PoolReply[] replies = [new Granted(new("l"), 1, 1), AlreadyHeld.Instance, Busy.Instance, NotOwner.Instance, NoSuchPool.Instance];
        foreach (var reply in replies)
        {
            Note("a", reply);
        }

        (await WrittenAsync()).ShouldBeEmpty();
        _journal.Count(JournalCall.Denials).ShouldBe(0);
    }

    [Fact]
    public async Task Counts_are_written_every_few_seconds_and_add_up()
    {
        await _store.CreatePoolAsync(_pool);
        Note("a", _held);
        _clock.Advance(DenialLog.WriteEvery - TimeSpan.FromMilliseconds(1));
        _log.Tick();
        _journal.Count(JournalCall.Denials).ShouldBe(0);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        _log.Tick();
        (await StoredAsync()).Single().Count.ShouldBe(1);
        Note("a", _held);
        Note("a", _held);
        TickWhenDue();
        (await StoredAsync()).Single().Count.ShouldBe(3);
        TickWhenDue();
        _journal.Count(JournalCall.Denials).ShouldBe(2);
    }

    [Fact]
    public async Task Nodes_beyond_the_capacity_count_as_others_until_the_next_write()
    {
        for (var i = 0; i < DenialLog.Capacity + 5; i++)
        {
            Note($"node-{i}", _held);
        }

        Note("node-0", _held);
        Note("last", HeldElsewhere.Instance);
        var counts = (await WrittenAsync()).ToDictionary(count => (count.Reason, count.Node.Value), count => count.Count);
        counts.Count.ShouldBe(DenialLog.Capacity + 2);
        counts[("all-held", "node-0")].ShouldBe(2);
        counts[("all-held", "other")].ShouldBe(5);
        counts[("held-elsewhere", "other")].ShouldBe(1);
        Note("node-10000", _held);
        (await WrittenAsync()).ShouldContain(count => count.Node.Value == "node-10000");
    }

    [Fact]
    public async Task A_write_that_failed_is_made_good_with_what_came_meanwhile()
    {
        await _store.CreatePoolAsync(_pool);
        _journal.Next(JournalCall.Denials, Fault.ThrowBefore, Fault.ThrowBefore);
        Note("a", _held);
        TickWhenDue();
        Note("a", _held);
        TickWhenDue();
        (await StoredAsync()).ShouldBeEmpty();
        _messages.Count("denials cannot be recorded").ShouldBe(1);
        Note("b", _held);
        TickWhenDue();
        (await StoredAsync()).Select(count => (count.Node.Value, count.Count)).ShouldBe([("b", 1), ("a", 2)]);
    }

    [Fact]
    public async Task Of_a_long_list_only_the_parts_that_failed_are_written_again()
    {
        await _store.CreatePoolAsync(_pool);
        _journal.Next(JournalCall.Denials, Fault.None, Fault.ThrowBefore);
        for (var i = 0; i < 3 * DenialCount.MaxAtOnce; i++)
        {
            Note($"node-{i}", _held);
        }

        TickWhenDue();
        (await StoredAsync()).Count.ShouldBe(DenialCount.MaxAtOnce);
        TickWhenDue();
        var stored = await StoredAsync();
        stored.Count.ShouldBe(3 * DenialCount.MaxAtOnce);
        stored.ShouldAllBe(count => count.Count == 1);
    }

    [Fact]
    public async Task Failed_writes_keep_no_more_than_the_capacity()
    {
        _journal.Next(JournalCall.Denials, Fault.ThrowBefore);
        for (var i = 0; i < 2 * DenialLog.Capacity; i++)
        {
            Note($"node-{i}", _held);
            if (i == DenialLog.Capacity - 1)
            {
                TickWhenDue();
            }
        }

        var written = await WrittenAsync();
        written.Count.ShouldBe(DenialLog.Capacity + 1);
        written.Sum(count => count.Count).ShouldBe(2 * DenialLog.Capacity);
    }

    [Fact]
    public async Task A_slow_write_holds_up_neither_ticks_nor_denials()
    {
        await _store.CreatePoolAsync(_pool);
        var hold = _journal.Hold(JournalCall.Denials);
        Note("a", _held);
        TickWhenDue();
        await hold.Reached;
        Note("a", _held);
        TickWhenDue();
        _journal.Count(JournalCall.Denials).ShouldBe(1);
        var closing = _log.CloseAsync();
        closing.IsCompleted.ShouldBeFalse();
        hold.Release();
        await closing;
        (await StoredAsync()).Single().Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_host_records_while_it_runs_and_when_it_ends()
    {
        var rig = await HostRig.StartAsync(new PoolHostOptions { ExclusiveNodes = true });
        await rig.PoolAsync("p", 1);
        await rig.PoolAsync("q", 1);
        await rig.ClaimAsync("p", "a");
        await rig.ClaimAsync("p", "b");
        await rig.UntilAsync(async () =>
        {
            await rig.AgeAsync(ServiceClock.TickEvery);
            return (await rig.Store.ReadDenialsAsync(_pool, null, 10)).Count > 0;
        });
        await rig.ClaimAsync("q", "a");
        await rig.ClaimAsync("p", "b");
        await rig.ClaimAsync("q", "c");
        await rig.ClaimAsync("q", "a");
        await rig.DisposeAsync();
        (await rig.Store.ReadDenialsAsync(_pool, null, 10)).Single().Count.ShouldBe(2);
        (await rig.Store.ReadDenialsAsync(new("q"), null, 10)).Select(count => (count.Reason, count.Node.Value, count.Count))
            .ShouldBe([("all-held", "a", 1), ("held-elsewhere", "a", 1)]);
    }

    [Fact]
    public async Task A_host_that_does_not_count_denials_records_none()
    {
        var rig = await HostRig.StartAsync(new PoolHostOptions { CountDenials = false });
        (await rig.ClaimAsync("-", "a")).ShouldBeOfType<NoSeatFree>();
        await rig.DisposeAsync();
        rig.Journal.Count(JournalCall.Denials).ShouldBe(0);
    }

    private long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static DenialCount Count(string reason, string node, long count, long first, long last) =>
        new(_pool, reason, new Fingerprint(node), count, first, last);

    private void Note(string node, PoolReply reply) => _log.Note(_pool, new Fingerprint(node), reply);

    private void TickWhenDue()
    {
        _clock.Advance(DenialLog.WriteEvery);
        _log.Tick();
    }

    private async Task<IReadOnlyList<DenialCount>> WrittenAsync()
    {
        await _store.CreatePoolAsync(_pool);
        await _log.CloseAsync();
        return await StoredAsync();
    }

    private async Task<IReadOnlyList<DenialCount>> StoredAsync() => await _store.ReadDenialsAsync(_pool, null, int.MaxValue);
}
