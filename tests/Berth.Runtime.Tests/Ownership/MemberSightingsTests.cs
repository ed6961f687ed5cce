using Berth.Runtime.Ownership;
using Berth.Testing;

namespace Berth.Runtime.Tests.Ownership;

public sealed class MemberSightingsTests
{
    private readonly FakeClock _time = new();
    private readonly MemberSightings _sightings;

    public MemberSightingsTests() => _sightings = new MemberSightings(_time, new OwnershipOptions());

    [Fact]
    public void A_counter_that_stood_still_for_a_whole_lease_is_silence()
    {
        var member = Rows.Member(1, counter: 5);
        Watch(member, 2_999);
        _sightings.IsSilent(member).ShouldBeFalse();
        Pass(2);
        Look(member);
        _sightings.IsSilent(member).ShouldBeTrue();
    }

    [Fact]
    public void Who_could_not_look_for_half_a_lease_begins_anew()
    {
        var member = Rows.Member(1, counter: 5);
        Watch(member, 2_500);
        Pass(60_000);
        Watch(member, 2_999);
        _sightings.IsSilent(member).ShouldBeFalse("the store may have been away, and nobody could renew");
        Pass(2);
        Look(member);
        _sightings.IsSilent(member).ShouldBeTrue();
    }

    [Fact]
    public void Half_a_lease_without_a_look_still_counts()
    {
        var member = Rows.Member(1, counter: 5);
        Look(member);
        Pass(1_500);
        Look(member);
        Pass(1_500);
        Look(member);
        _sightings.IsSilent(member).ShouldBeTrue();
    }

    [Fact]
    public void A_counter_that_moved_begins_anew()
    {
        Look(Rows.Member(1, counter: 5));
        Pass(2_900);
        var moved = Rows.Member(1, counter: 6);
        Watch(moved, 2_900);
        _sightings.IsSilent(moved).ShouldBeFalse();
        Pass(200);
        Look(moved);
        _sightings.IsSilent(moved).ShouldBeTrue();
    }

    [Fact]
    public void Time_that_a_slow_reading_took_does_not_count()
    {
        var member = Rows.Member(1, counter: 5);
        var askedAt = _time.GetTimestamp();
        Pass(10_000);
        _sightings.Look(Rows.Table(member), askedAt);
        Pass(1_000);
        var askedAgain = _time.GetTimestamp();
        Pass(10_000);
        _sightings.Look(Rows.Table(member), askedAgain);
        _sightings.IsSilent(member).ShouldBeFalse("between the answers only one second was watched");
    }

    [Fact]
    public void Who_was_not_seen_is_not_silent() => _sightings.IsSilent(Rows.Member(1)).ShouldBeFalse();

    [Fact]
    public void One_counter_is_not_taken_for_another()
    {
        Watch(Rows.Member(1, counter: 5), 4_000);
        _sightings.IsSilent(Rows.Member(1, counter: 5)).ShouldBeTrue();
        _sightings.IsSilent(Rows.Member(1, counter: 6)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, 30)]
    [InlineData(1, 60)]
    [InlineData(2, 120)]
    [InlineData(4, 480)]
    [InlineData(50, 480)]
    public void A_newcomer_is_settled_after_a_delay_that_doubles_with_each_crash(int crashes, int seconds)
    {
        var member = Rows.Member(1, crashes: crashes);
        Look(member);
        Pass((seconds * 1000) - 1);
        _sightings.IsSettled(member).ShouldBeFalse();
        Pass(2);
        _sightings.IsSettled(member).ShouldBeTrue();
    }

    [Fact]
    public void Who_went_down_is_forgotten()
    {
        Look(Rows.Member(1));
        Pass(60_000);
        Look(Rows.Member(1, state: MemberState.Down));
        _sightings.IsSettled(Rows.Member(1)).ShouldBeFalse();
    }

    /// <summary>Looks four times a second, for so long.</summary>
    private void Watch(MemberRow member, int milliseconds)
    {
        Look(member);
        for (var left = milliseconds; left > 0; left -= 250)
        {
            Pass(Math.Min(left, 250));
            Look(member);
        }
    }

    private void Pass(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private void Look(MemberRow member) => _sightings.Look(Rows.Table(member), _time.GetTimestamp());
}
