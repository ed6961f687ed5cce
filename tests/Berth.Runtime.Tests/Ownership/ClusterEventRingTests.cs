using Berth.Runtime.Ownership;
using Berth.Testing;

namespace Berth.Runtime.Tests.Ownership;

public sealed class ClusterEventRingTests
{
    private readonly FakeClock _clock = new();
    private readonly ClusterEventRing _ring;

    public ClusterEventRingTests() => _ring = new ClusterEventRing(_clock);

    [Fact]
    public async Task Events_are_numbered_and_given_after_a_number()
    {
        Add(3);
        var page = (await ReadAsync(1))!;
        (page.First, page.Last, page.BeganMs).ShouldBe((1, 3, _clock.GetUtcNow().ToUnixTimeMilliseconds()));
        page.Events.Select(one => (one.Number, one.Kind, one.Member, one.AtMs)).ShouldBe(
            [(2, ClusterEventKinds.MemberUp, "m1", page.BeganMs), (3, ClusterEventKinds.MemberUp, "m2", page.BeganMs)]);
        (await ReadAsync(3))!.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_another_process_number_everything_is_given()
    {
        Add(2);
        (await ReadAsync(99))!.Events.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Only_the_newest_are_kept_and_the_first_says_what_is_missing()
    {
        Add(ClusterEventRing.Capacity + 5);
        var page = (await ReadAsync(0))!;
        (page.First, page.Last, page.Events.Count, page.Events[0].Number).ShouldBe((6, ClusterEventRing.Capacity + 5, ClusterEventRing.Capacity, 6));
    }

    [Fact]
    public async Task Who_waits_is_told_of_the_next_or_that_there_was_none()
    {
        var waiting = _ring.ReadAsync(0, TimeSpan.FromSeconds(20), default).AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        Add(1);
        (await waiting)!.Events.Count.ShouldBe(1);
        var vain = _ring.ReadAsync(1, TimeSpan.FromSeconds(20), default).AsTask();
        _clock.Advance(TimeSpan.FromSeconds(20));
        (await vain)!.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_waits_for_a_member_that_has_ended_or_after_going_away()
    {
        using var gone = new CancellationTokenSource();
        var left = _ring.ReadAsync(0, TimeSpan.FromSeconds(20), gone.Token).AsTask();
        await gone.CancelAsync();
        (await left)!.Events.ShouldBeEmpty();
        var waiting = _ring.ReadAsync(0, TimeSpan.FromSeconds(20), default).AsTask();
        _ring.Close();
        (await waiting)!.Events.ShouldBeEmpty();
        (await _ring.ReadAsync(0, TimeSpan.FromSeconds(20), default))!.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task No_more_than_so_many_wait()
    {
        var waiting = Enumerable.Range(0, ClusterEventRing.MaxWaiting).Select(_ => _ring.ReadAsync(0, TimeSpan.FromSeconds(20), default).AsTask()).ToList();
        (await _ring.ReadAsync(0, TimeSpan.FromSeconds(20), default)).ShouldBeNull();
        (await ReadAsync(0)).ShouldNotBeNull("who does not wait is answered");
        _clock.Advance(TimeSpan.FromSeconds(20));
        await Task.WhenAll(waiting);
        var next = _ring.ReadAsync(0, TimeSpan.FromSeconds(20), default).AsTask();
        Add(1);
        (await next)!.Events.Count.ShouldBe(1);
    }

    private void Add(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _ring.Add(new ClusterEvent(ClusterEventKinds.MemberUp, $"m{i}"));
        }
    }

    private ValueTask<ClusterEventPage?> ReadAsync(long after) => _ring.ReadAsync(after, TimeSpan.Zero, default);
}
