using Berth.Runtime.Ownership;
using Berth.Testing;

namespace Berth.Runtime.Tests.Ownership;

public sealed class OwnershipSignalsTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(1);
    private readonly FakeClock _time = new();
    private readonly OwnershipSignals _signals = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_waits_goes_on_at_the_next_change()
    {
        var waiting = _signals.WaitAsync(_signals.Changes, _limit, _time);
        waiting.IsCompleted.ShouldBeFalse();
        _signals.Raise();
        await waiting.WaitAsync(Cancel);
    }

    [Fact]
    public async Task A_change_after_the_look_is_not_missed()
    {
        var seen = _signals.Changes;
        _signals.Raise();
        await _signals.WaitAsync(seen, _limit, _time).WaitAsync(Cancel);
    }

    [Fact]
    public async Task Nobody_waits_for_longer_than_his_limit()
    {
        var waiting = _signals.WaitAsync(_signals.Changes, _limit, _time);
        _time.Advance(_limit);
        await waiting.WaitAsync(Cancel);
        _time.UntilNext.ShouldBeNull();
    }

    [Fact]
    public void Only_another_owner_or_member_is_a_change()
    {
        var table = Rows.Table(Rows.Member(1));
        _signals.Publish(View(table));
        var seen = _signals.Changes;
        _signals.Publish(View(table with { Members = [Rows.Member(1, counter: 5)] }));
        _signals.Changes.ShouldBe(seen);
        _signals.Publish(View(table with { Members = [Rows.Member(1), Rows.Member(2)] }));
        _signals.Changes.ShouldBe(seen + 1);
        _signals.Publish(View(Rows.Table(Rows.Member(1), Rows.Member(2))));
        _signals.Changes.ShouldBe(seen + 2);
    }

    private static ClusterView View(ClusterTable table) => new(table, new(1), _ => false, _ => false);
}
