using Berth.Runtime.Routing;

namespace Berth.Runtime.Tests.Routing;

public sealed class HopWindowTests
{
    private readonly HopWindow _window = new();

    [Fact]
    public void A_number_is_accepted_once_in_any_order()
    {
        long[] numbers = [1, 3, 2, 500, 64, 63, 65];
        numbers.ShouldAllBe(number => _window.Accept(number));
        numbers.ShouldAllBe(number => !_window.Accept(number));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void What_is_no_number_is_not_accepted(long number) => _window.Accept(number).ShouldBeFalse();

    [Fact]
    public void Numbers_behind_the_window_are_refused_unseen()
    {
        _window.Accept(HopWindow.Size + 10).ShouldBeTrue();
        _window.Accept(10).ShouldBeFalse();
        _window.Accept(11).ShouldBeTrue();
        _window.Accept(11).ShouldBeFalse();
    }

    [Fact]
    public void Places_are_used_again_when_the_window_moves()
    {
        _window.Accept(5).ShouldBeTrue();
        _window.Accept(5 + HopWindow.Size).ShouldBeTrue();
        _window.Accept(5 + (10L * HopWindow.Size)).ShouldBeTrue();
        _window.Accept(6 + (9L * HopWindow.Size)).ShouldBeTrue();
        _window.Accept(5 + (10L * HopWindow.Size)).ShouldBeFalse();
    }

    [Fact]
    public void Many_in_a_row_are_each_accepted_once()
    {
        for (var number = 1L; number < 3L * HopWindow.Size; number++)
        {
            _window.Accept(number).ShouldBeTrue();
            _window.Accept(number).ShouldBeFalse();
        }
    }
}
