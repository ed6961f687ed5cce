using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Tests.Kernel;

public sealed class SimulatedStoreTests : IDisposable
{
    private static readonly PoolName _pool = new("p");
    private static readonly MemberCard _card = new("m1", "m1:1", "c", "s", 1, TimeSpan.FromSeconds(3), PolicyException.None);

    private readonly World _world = new(1);
    private readonly SimulatedStore _store;
    private readonly SimulatedProcess _process;
    private readonly IJournal _journal;
    private readonly IMembershipTable _table;
    private readonly Trace _trace;

    public SimulatedStoreTests()
    {
        _store = new SimulatedStore(_world, () => new CountingTable());
        _store.Weather.Request = _store.Weather.Answer = Latency.Of(10, 10);
        _process = _world.StartProcess("m1");
        (_journal, _table) = (_store.JournalFor(_process), _store.TableFor(_process));
        _trace = new Trace(_world);
        _store.Took = call => _trace.Add($"took:{call.Operation.GetType().Name}");
        _store.Answered = call => _trace.Add(call.Failure is null ? "answered" : "failed", _process);
    }

    [Fact]
    public void A_call_takes_effect_and_is_answered_each_at_its_time()
    {
        Run(async () => (await _journal.CreatePoolAsync(_pool)).ShouldBeTrue());
        _trace.Text.ShouldBe("took:CreatePool@10 answered@20 end@20");
    }

    [Fact]
    public void An_open_replays_in_its_process_what_was_true_when_it_took_effect()
    {
        Run(async () =>
        {
            await OpenedAsync();
            (await AppendAsync(0, 1)).ShouldBe(AppendResult.Committed);
            var versions = new List<long>();
            var opened = await _journal.OpenAsync(_pool, new Epoch(2), null, item =>
            {
                _trace.Add("replay", _process);
                versions.Add(((JournalRecord)item).FirstVersion);
            });
            opened.ShouldBe(new OpenResult(OpenOutcome.Opened, new Opening(2), FromKnown: false));
            versions.ShouldBe([1]);
        });
        _trace.Seen[^3..].ShouldBe(["answered@80", "replay@80", "end@80"]);
    }

    [Fact]
    public void Bytes_are_the_stores_own_from_the_call_on()
    {
        byte[] bytes = [1, 2, 3];
        Run(async () =>
        {
            await OpenedAsync();
            var append = _journal.AppendAsync(_pool, new Epoch(1), new Opening(1), 0, new JournalBatch(1, bytes, Hash(1), [], []));
            bytes[0] = 99;
            await append;
        });
        Records().Single().Bytes.ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void A_failure_before_leaves_nothing_and_one_after_leaves_it_done()
    {
        Run(async () =>
        {
            await OpenedAsync();
            _store.Weather.FailsBefore = 1;
            (await FailsAsync(AppendAsync(0, 1))).ShouldBeOfType<IOException>();
            Records().ShouldBeEmpty();
            (_store.Weather.FailsBefore, _store.Weather.FailsAfter, _store.Weather.Lingering) = (0, 1, Latency.None);
            (await FailsAsync(AppendAsync(0, 1))).ShouldBeOfType<IOException>();
            Records().Count.ShouldBe(1);
        });
    }

    [Fact]
    public void A_request_lingers_after_its_caller_was_told_that_nobody_knows()
    {
        Run(async () =>
        {
            await OpenedAsync();
            (_store.Weather.FailsAfter, _store.Weather.Lingering) = (1, Latency.Of(5_000, 5_000));
            await FailsAsync(AppendAsync(0, 1));
            Records().ShouldBeEmpty();
        });
        Records().Count.ShouldBe(1);
        _trace.Seen[^1].ShouldBe("took:AppendBatch@5050");
    }

    [Fact]
    public void A_request_of_a_dead_process_still_takes_effect()
    {
        Run(async () => await OpenedAsync());
        _process.Start(async () => await AppendAsync(0, 1));
        _world.At(TimeSpan.FromMilliseconds(5), () => _process.Kill());
        _trace.Seen.Clear();
        _world.RunUntil(_world.Now + TimeSpan.FromMinutes(1)).ShouldBeTrue();
        _trace.Seen.Count.ShouldBe(1);
        Records().Count.ShouldBe(1);
    }

    [Fact]
    public void A_full_disk_refuses_what_is_written_and_only_that()
    {
        Run(async () =>
        {
            await OpenedAsync();
            _store.Weather.Refuses = 1;
            (await AppendAsync(0, 1)).ShouldBe(AppendResult.NotWritten("the disk is full"));
            (await _journal.WriteSnapshotAsync(_pool, new(1), new(1), new SnapshotPart(0, Hash(0), 0, 1, new byte[1])))
                .Outcome.ShouldBe(AppendOutcome.NotWritten);
            (await _journal.ListPoolsAsync(null, 10)).Count.ShouldBe(1);
        });
        Records().ShouldBeEmpty();
    }

    [Fact]
    public void Calls_in_flight_overtake_each_other()
    {
        _store.Weather.Request = Latency.Of(0, 100);
        List<string> order = [];
        _store.Took = call => order.Add(((CreatePool)call.Operation).Pool.Value);
        Run(async () =>
        {
            foreach (var call in Enumerable.Range(0, 20).Select(i => _journal.CreatePoolAsync(new PoolName($"p{i:00}")).AsTask()).ToList())
            {
                (await call).ShouldBeTrue();
            }
        });
        order.Count.ShouldBe(20);
        order.ShouldNotBe([.. order.Order()]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    public void A_cancelled_call_ends_at_once_and_the_dice_say_whether_it_is_done(double done, long counter)
    {
        Run(async () =>
        {
            await _table.JoinAsync(_card, CancellationToken.None);
            _store.Weather.CancelledIsDone = done;
            using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(3), _process.Clock);
            (await FailsAsync(_table.RenewAsync(new(1), impatient.Token))).ShouldBeOfType<TaskCanceledException>();
            _trace.Add("cancelled", _process);
        });
        _trace.Seen.ShouldContain("cancelled@23");
        Table().Members.Single().Counter.ShouldBe(counter);
    }

    [Fact]
    public void A_call_that_was_cancelled_before_is_not_made()
    {
        Run(async () => await FailsAsync(_table.JoinAsync(_card, new CancellationToken(canceled: true))));
        _store.Calls.ShouldBe(0);
    }

    [Fact]
    public void An_outage_throws_at_once_or_hangs_until_the_drivers_limit()
    {
        Run(async () =>
        {
            _store.SetOutage(StoreOutage.Throws);
            await FailsAsync(_journal.CreatePoolAsync(_pool));
            _store.SetOutage(StoreOutage.Hangs);
            await FailsAsync(_journal.CreatePoolAsync(_pool));
        });
        _trace.Text.ShouldBe("failed@1 failed@5001 end@5001");
    }

    [Theory]
    [InlineData(1, "took:CreatePool@2010 answered@2020 end@2020")]
    [InlineData(0, "failed@2001 end@2001")]
    public void What_hangs_when_an_outage_ends_goes_on_or_is_lost(double done, string expected)
    {
        _store.Weather.HeldIsDone = done;
        _store.SetOutage(StoreOutage.Hangs);
        _world.At(TimeSpan.FromSeconds(2), () => _store.SetOutage(StoreOutage.None));
        Run(async () =>
        {
            try
            {
                await _journal.CreatePoolAsync(_pool);
            }
            catch (IOException)
            {
                done.ShouldBe(0);
            }
        });
        _trace.Text.ShouldBe(expected);
    }

    [Fact]
    public void A_process_is_cut_off_alone()
    {
        var other = _world.StartProcess("m2");
        _store.CutOff(_process, StoreOutage.Throws);
        _store.Answered = null;
        other.Start(async () => (await _store.JournalFor(other).CreatePoolAsync(_pool)).ShouldBeTrue());
        Run(async () =>
        {
            await FailsAsync(_journal.CreatePoolAsync(_pool));
            _store.CutOff(_process, StoreOutage.None);
            (await _journal.CreatePoolAsync(_pool)).ShouldBeFalse();
        });
    }

    [Fact]
    public void A_paused_process_is_told_when_it_goes_on()
    {
        _world.At(TimeSpan.FromMilliseconds(5), _process.Pause);
        _world.At(TimeSpan.FromSeconds(1), () => _process.Resume());
        Run(async () => await _journal.CreatePoolAsync(_pool));
        _trace.Text.ShouldBe("took:CreatePool@10 answered@1000 end@1000");
    }

    [Fact]
    public void A_connection_that_breaks_in_an_open_may_have_replayed_a_part()
    {
        var parts = new SortedSet<int>();
        Run(async () =>
        {
            await OpenedAsync();
            for (var i = 0; i < 3; i++)
            {
                await AppendAsync(i, (byte)(i + 1));
            }

            (_store.Weather.FailsAfter, _store.Weather.Lingering) = (1, Latency.None);
            for (var i = 0; i < 50; i++)
            {
                var count = 0;
                await FailsAsync(_journal.OpenAsync(_pool, new Epoch(1), null, _ => count++));
                parts.Add(count);
            }
        });
        parts.ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public void The_store_goes_back_in_time_and_what_is_on_its_way_lands_on_that()
    {
        StoreMark? mark = null;
        var told = 0;
        _store.WentBack = _ => told++;
        Run(async () =>
        {
            await OpenedAsync();
            await AppendAsync(0, 1);
            await _table.JoinAsync(_card, CancellationToken.None);
            mark = _store.Mark();
            await AppendAsync(1, 2);
            await _table.RenewAsync(new(1), CancellationToken.None);
            await _journal.CreatePoolAsync(new PoolName("q"));
            Table().Members.Single().Counter.ShouldBe(1);
            var later = _store.Mark();
            var onItsWay = AppendAsync(1, 9);
            _store.GoBackTo(mark);
            Should.Throw<ArgumentException>(() => _store.GoBackTo(later));
            Table().Members.Single().Counter.ShouldBe(0);
            Records().Select(record => record.Bytes.Span[0]).ShouldBe([(byte)1]);
            (await onItsWay).ShouldBe(AppendResult.Committed);
            (await _journal.ListPoolsAsync(null, 9)).ShouldBe([_pool]);
        });
        Records().Select(record => record.Bytes.Span[0]).ShouldBe([(byte)1, (byte)9]);
        _store.GoBackTo(mark!);
        Records().Count.ShouldBe(1);
        told.ShouldBe(2);
    }

    [Fact]
    public void A_call_that_breaks_its_contract_is_told_so_and_changes_nothing()
    {
        Run(async () => (await FailsAsync(Denials())).ShouldBeOfType<ArgumentException>());
        _trace.Text.ShouldBe("failed@20 end@20");

        async ValueTask<bool> Denials()
        {
            await _journal.RecordDenialsAsync([]);
            return true;
        }
    }

    [Fact]
    public void The_history_is_passed_on()
    {
        Run(async () =>
        {
            await OpenedAsync();
            await AppendAsync(0, 1);
            var history = _journal.History;
            (await history.ReadHeadsAsync(null, 9)).Single().Head.Version.ShouldBe(1);
            var part = new SnapshotPart(1, Hash(1), 0, 1, new byte[1]);
            (await history.WriteBaseAsync(_pool, new(1), new(1), part)).ShouldBe(AppendResult.Committed);
            (await history.CutAsync(_pool, new(1), new(1), 1, 9)).ShouldBe(new CutResult(AppendOutcome.Committed, More: false));
            (await history.ReadBaseAsync(_pool, read => read.Version.ShouldBe(1))).ShouldBeTrue();
            (await history.AppendCheckpointAsync(new CheckpointRow(1, 5, new byte[1], new byte[64]))).ShouldBeTrue();
            (await history.ReadLastCheckpointAsync()).ShouldNotBeNull().TimeMs.ShouldBe(5);
            await history.RecordKeyAsync(new byte[32], 1);
            (await history.ReadKeysAsync()).Count.ShouldBe(1);
        });
        var mark = _store.Mark();
        _store.GoBackTo(mark);
        Records().ShouldBeEmpty();
    }

    public void Dispose() => _world.Dispose();

    private static byte[] Hash(byte first) => [first, .. new byte[31]];

    private static async Task<Exception> FailsAsync<T>(ValueTask<T> call)
    {
        try
        {
            await call;
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ArgumentException)
        {
            return failure;
        }

        throw new ShouldAssertException("the call did not fail");
    }

    private static T Now<T>(ValueTask<T> answer) =>
        answer.IsCompleted ? answer.GetAwaiter().GetResult() : throw new InvalidOperationException();

    private IReadOnlyList<JournalRecord> Records() => Now(_store.Truth.Journal.ReadAsync(_pool, 0, 100));

    private ClusterTable Table() => Now(_store.Truth.Table.ReadAsync(CancellationToken.None));

    private async Task OpenedAsync()
    {
        await _journal.CreatePoolAsync(_pool);
        (await _journal.OpenAsync(_pool, new Epoch(1), null, _ => { })).Outcome.ShouldBe(OpenOutcome.Opened);
        _trace.Seen.Clear();
    }

    private ValueTask<AppendResult> AppendAsync(long version, byte content) =>
        _journal.AppendAsync(
            _pool, new Epoch(1), new Opening(1), version, new JournalBatch(1, new byte[] { content }, Hash(content), [], []));

    private void Run(Func<Task> action)
    {
        _process.Start(async () =>
        {
            await action();
            _trace.Add("end", _process);
        });
        _world.RunUntil(_world.Now + TimeSpan.FromMinutes(1)).ShouldBeTrue(_world.Ended?.ToString());
        _trace.Seen.ShouldContain(seen => seen.StartsWith("end", StringComparison.Ordinal));
        _trace.Astray.ShouldBeEmpty();
    }
}
