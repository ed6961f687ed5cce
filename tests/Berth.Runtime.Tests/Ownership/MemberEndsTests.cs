using Berth.Runtime.Ownership;

namespace Berth.Runtime.Tests.Ownership;

public sealed class MemberEndsTests
{
    private static readonly Incarnation _other = new(2);
    private ClusterView _view = View(MemberState.Up, isDead: false);
    private readonly MemberEnds _ends;

    public MemberEndsTests() => _ends = new MemberEnds(() => _view);

    [Theory]
    [InlineData(MemberState.Up)]
    [InlineData(MemberState.Down)]
    public void A_member_that_was_found_dead_is_waited_for_no_longer(MemberState state)
    {
        var end = _ends.Of(_other);
        end.IsCancellationRequested.ShouldBeFalse();
        _ends.Follow(View(state, isDead: state == MemberState.Up));
        end.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void One_that_lives_is_waited_for()
    {
        var end = _ends.Of(_other);
        _ends.Follow(View(MemberState.Up, isDead: false));
        end.IsCancellationRequested.ShouldBeFalse();
        _ends.Of(_other).ShouldBe(end);
    }

    [Fact]
    public void One_that_left_answers_what_it_has()
    {
        var end = _ends.Of(_other);
        _ends.Follow(View(MemberState.Left, isDead: false));
        end.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public void An_end_between_the_look_and_the_question_is_not_missed()
    {
        _view = View(MemberState.Down, isDead: false);
        _ends.Of(_other).IsCancellationRequested.ShouldBeTrue();
    }

    private static ClusterView View(MemberState state, bool isDead) => new(
        Rows.Table(Rows.Member(1), Rows.Member(2, state: state)),
        new(1),
        new(member => isDead && member.Incarnation == _other, _ => true),
        null);
}
