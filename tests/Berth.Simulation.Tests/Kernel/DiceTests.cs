using Berth.Simulation.Kernel;

namespace Berth.Simulation.Tests.Kernel;

public sealed class DiceTests
{
    [Fact]
    public void One_seed_makes_one_stream_and_another_seed_another()
    {
        Draws(new Dice(7)).ShouldBe(Draws(new Dice(7)));
        Draws(new Dice(7)).ShouldNotBe(Draws(new Dice(8)));
    }

    [Fact]
    public void A_fork_does_not_know_what_was_drawn_elsewhere()
    {
        var (one, other) = (new Dice(7), new Dice(7));
        one.Next();
        Draws(one.Fork("traffic")).ShouldBe(Draws(other.Fork("traffic")));
        Draws(other.Fork("traffic")).ShouldNotBe(Draws(other.Fork("network")));
        Draws(one.Fork("a").Fork("b")).ShouldNotBe(Draws(one.Fork("b").Fork("a")));
    }

    [Fact]
    public void Every_number_below_a_limit_comes_and_none_beyond()
    {
        var dice = new Dice(1);
        Enumerable.Range(0, 1000).Select(_ => dice.Below(7)).Distinct().Order().ShouldBe(Enumerable.Range(0, 7));
    }

    [Fact]
    public void A_chance_comes_about_as_often_as_it_should()
    {
        var dice = new Dice(1);
        Enumerable.Range(0, 100_000).Count(_ => dice.Chance(0.3)).ShouldBeInRange(29_000, 31_000);
        Enumerable.Range(0, 1000).ShouldAllBe(_ => dice.Chance(1) && !dice.Chance(0));
    }

    [Fact]
    public void Times_lie_between_both_ends()
    {
        var dice = new Dice(1);
        Enumerable.Range(0, 100).Select(_ => dice.Between(new(3), new(5)).Ticks).Distinct().Order().ShouldBe([3L, 4, 5]);
    }

    [Fact]
    public void A_latency_has_a_tail_that_is_as_long_as_asked_for()
    {
        var dice = new Dice(1);
        var drawn = Enumerable.Range(0, 10_000).Select(_ => Latency.Of(1, 2, 0.1, 10_000).Draw(dice).TotalMilliseconds).ToList();
        drawn.Count(ms => ms is >= 1 and <= 2).ShouldBeInRange(8_800, 9_200);
        drawn.Max().ShouldBeInRange(8_000, 10_000);
    }

    private static List<ulong> Draws(Dice dice) => [.. Enumerable.Range(0, 8).Select(_ => dice.Next())];
}
