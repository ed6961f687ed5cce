using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Metrics;
using Berth.Testing;

namespace Berth.Runtime.Tests.Metrics;

public sealed class StoreMeasuresTests
{
    private readonly FakeClock _time = new();
    private readonly StoreMeasures _measures;
    private readonly FaultyJournal _faulty = new(new MemoryJournal());
    private readonly MeasuredJournal _journal;

    public StoreMeasuresTests()
    {
        _measures = new StoreMeasures(_time);
        _journal = new MeasuredJournal(_faulty, _measures);
    }

    [Fact]
    public async Task A_call_is_timed_from_its_start_to_its_end()
    {
        await _journal.CreatePoolAsync(new("p"));
        var hold = _faulty.Hold(JournalCall.Open);
        var opening = _journal.OpenAsync(new("p"), new Epoch(1), null, _ => { });
        await hold.Reached;
        _time.Advance(TimeSpan.FromSeconds(2));
        _measures.TimesOf(StoreOperation.Open).Read().Counts.Sum().ShouldBe(1);
        hold.Release();
        (await opening).Outcome.ShouldBe(OpenOutcome.Opened);
        var (counts, sum) = _measures.TimesOf(StoreOperation.Open).Read();
        counts.Sum().ShouldBe(2);
        sum.ShouldBe(2, 0.001);
        _measures.ErrorsOf(StoreOperation.Open).ShouldBe(0);
    }

    [Fact]
    public async Task The_store_is_down_from_a_failure_to_the_next_success()
    {
        await _journal.CreatePoolAsync(new("p"));
        _measures.IsUp.ShouldBeTrue();
        _faulty.Next(JournalCall.List, Fault.ThrowBefore);
        await Should.ThrowAsync<Exception>(async () => await _journal.ListPoolsAsync(null, 10));
        _measures.IsUp.ShouldBeFalse();
        _measures.ErrorsOf(StoreOperation.Read).ShouldBe(1);
        _measures.TimesOf(StoreOperation.Read).Read().Counts.Sum().ShouldBe(1);
        await _journal.ListPoolsAsync(null, 10);
        _measures.IsUp.ShouldBeTrue();
        _measures.ErrorsOf(StoreOperation.Read).ShouldBe(1);
    }

    [Theory]
    [InlineData(Fault.NotWritten, 1)]
    [InlineData(Fault.Fenced, 0)]
    [InlineData(Fault.ThrowBefore, 1)]
    public async Task Refusals_of_the_store_are_errors_and_fences_are_none(Fault fault, int errors)
    {
        await _journal.CreatePoolAsync(new("p"));
        _faulty.Next(JournalCall.Append, fault);
        try
        {
            await _journal.AppendAsync(new("p"), new Epoch(1), new Opening(1), 0, new JournalBatch(1, new byte[8], new byte[32], [], []));
        }
        catch (IOException) when (fault == Fault.ThrowBefore)
        {
            _measures.IsUp.ShouldBeFalse();
        }

        _measures.ErrorsOf(StoreOperation.Append).ShouldBe(errors);
        _measures.IsUp.ShouldBe(errors == 0);
    }

    [Fact]
    public async Task A_callers_mistake_says_nothing_of_the_store()
    {
        await Should.ThrowAsync<ArgumentException>(async () => await _journal.RecordDenialsAsync([]));
        _measures.IsUp.ShouldBeTrue();
        _measures.ErrorsOf(StoreOperation.Denials).ShouldBe(0);
    }
}
