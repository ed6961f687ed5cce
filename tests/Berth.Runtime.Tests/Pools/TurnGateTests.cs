using Berth.Runtime.Pools;

namespace Berth.Runtime.Tests.Pools;

/// <summary>One at a time, or nobody.</summary>
public sealed class TurnGateTests
{
    private readonly TurnGate _gate = new();

    [Fact]
    public void It_begins_taken_and_nobody_gets_in_until_it_is_given_back()
    {
        _gate.TryEnter().ShouldBeFalse();
        _gate.TryDo(() => Assert.Fail("the state is somebody's"));
        _gate.Leave();
        _gate.TryEnter().ShouldBeTrue();
        _gate.TryEnter().ShouldBeFalse();
    }

    [Fact]
    public void Who_does_something_keeps_others_out_and_gives_it_back_also_after_a_failure()
    {
        _gate.Leave();
        _gate.TryDo(() => _gate.TryEnter().ShouldBeFalse());
        Should.Throw<InvalidOperationException>(() => _gate.TryDo(() => throw new InvalidOperationException()));
        _gate.TryEnter().ShouldBeTrue();
    }
}
