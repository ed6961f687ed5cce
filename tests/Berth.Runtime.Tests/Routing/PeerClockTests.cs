using Berth.Runtime.Ownership;
using Berth.Runtime.Routing;
using Berth.Testing;

namespace Berth.Runtime.Tests.Routing;

public sealed class PeerClockTests
{
    private static readonly Incarnation _peer = new(1);
    private readonly FakeClock _time = new();
    private readonly PeerClock _clock;

    public PeerClockTests() => _clock = new PeerClock(_time);

    [Fact]
    public void Before_an_answer_nothing_is_known()
    {
        _clock.Whose.Value.ShouldBe(0);
        _clock.At(_time.GetTimestamp()).ShouldBeNull();
    }

    [Fact]
    public void It_shows_what_was_said_and_the_time_since_rather_too_little()
    {
        Learn(_peer, 5_000);
        At(TimeSpan.Zero).ShouldBe(5_000);
        At(TimeSpan.FromSeconds(8)).ShouldBe(12_992);
        At(TimeSpan.FromSeconds(-1)).ShouldBe(3_999);
    }

    [Fact]
    public void An_answer_that_was_long_on_the_way_does_not_set_it_back()
    {
        Learn(_peer, 5_000);
        var sentAt = _time.GetTimestamp();
        Pass(1_000);
        _clock.Learn(_peer, 5_200, sentAt);
        At(TimeSpan.Zero).ShouldBe(5_999);
    }

    [Fact]
    public void A_quicker_answer_counts()
    {
        Learn(_peer, 5_000);
        Pass(1_000);
        Learn(_peer, 6_300);
        At(TimeSpan.Zero).ShouldBe(6_300);
    }

    [Fact]
    public void A_clock_that_stood_still_is_believed_again()
    {
        Learn(_peer, 5_000);
        Pass(10_000);
        var sentAt = _time.GetTimestamp();
        Pass(10);
        _clock.Learn(_peer, 6_000, sentAt);
        At(TimeSpan.Zero).ShouldBe(6_000);
    }

    [Fact]
    public void Another_life_has_another_clock()
    {
        Learn(_peer, 5_000);
        Learn(new(2), 10);
        _clock.Whose.Value.ShouldBe(2);
        At(TimeSpan.Zero).ShouldBe(10);
    }

    private void Pass(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private void Learn(Incarnation whose, long ms) => _clock.Learn(whose, ms, _time.GetTimestamp());

    private long At(TimeSpan later) => _clock.At(_time.GetTimestamp() + (long)(later.TotalSeconds * _time.TimestampFrequency))!.Value.Ms;
}
