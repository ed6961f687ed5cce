using Berth.Runtime.Ownership;
using Berth.Testing;

namespace Berth.Runtime.Tests.Ownership;

public sealed class HeldLeaseTests
{
    private static readonly TimeSpan _length = TimeSpan.FromSeconds(3);
    private readonly FakeClock _time = new();
    private readonly HeldLease _lease;

    public HeldLeaseTests() => _lease = new HeldLease(_time, _length);

    [Fact]
    public void Nothing_is_answered_before_the_first_renewal()
    {
        _lease.MayAnswer.ShouldBeFalse();
        _lease.Renewed(_lease.Read());
        _lease.MayAnswer.ShouldBeTrue();
    }

    [Fact]
    public void It_counts_from_before_the_renewal_was_sent()
    {
        var sent = _lease.Read();
        _time.Advance(TimeSpan.FromSeconds(1));
        _lease.Renewed(sent);
        _time.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromMilliseconds(1));
        _lease.MayAnswer.ShouldBeTrue();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _lease.MayAnswer.ShouldBeFalse();
    }

    [Fact]
    public void An_answer_that_took_the_whole_lease_gives_none()
    {
        var sent = _lease.Read();
        _time.Advance(_length);
        _lease.Renewed(sent);
        _lease.MayAnswer.ShouldBeFalse();
    }

    [Fact]
    public void A_late_answer_to_an_earlier_renewal_shortens_nothing()
    {
        var first = _lease.Read();
        _time.Advance(TimeSpan.FromSeconds(1));
        _lease.Renewed(_lease.Read());
        var endsAt = _lease.EndsAt;
        _lease.Renewed(first);
        _lease.EndsAt.ShouldBe(endsAt);
    }

    [Theory]
    [InlineData(251, false)]
    [InlineData(-251, false)]
    [InlineData(249, true)]
    [InlineData(-249, true)]
    public void A_wall_clock_that_moved_otherwise_is_a_doubt(int stepMs, bool mayAnswer)
    {
        _lease.Renewed(_lease.Read());
        _time.StepWall(TimeSpan.FromMilliseconds(stepMs));
        _lease.MayAnswer.ShouldBe(mayAnswer);
    }

    [Fact]
    public void Only_a_renewal_that_was_sent_after_the_step_ends_the_doubt()
    {
        _lease.Renewed(_lease.Read());
        _time.Advance(TimeSpan.FromMilliseconds(900));
        var before = _lease.Read();
        _time.StepWall(TimeSpan.FromHours(1));
        _lease.Renewed(before);
        _lease.MayAnswer.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _lease.Renewed(_lease.Read());
        _lease.MayAnswer.ShouldBeTrue();
    }

    [Fact]
    public void The_end_of_the_life_is_the_end_of_the_lease()
    {
        _lease.Renewed(_lease.Read());
        _lease.End();
        _lease.MayAnswer.ShouldBeFalse();
    }

    [Fact]
    public void That_of_the_only_member_never_ends()
    {
        var endless = HeldLease.Endless(_time);
        _time.Advance(TimeSpan.FromDays(1000));
        _time.StepWall(TimeSpan.FromDays(1000));
        endless.MayAnswer.ShouldBeTrue();
    }
}
