using Berth.Pools;
using Berth.Simulation.Checks;
using Berth.Simulation.Cluster;

namespace Berth.Simulation.Tests.Checks;

public sealed class OneHolderTests
{
    private static Scene Begin(int seats = 1)
    {
        var scene = new Scene((model, violated) => new OneHolder(model) { Violated = violated });
        scene.Begin(seats);
        scene.Ask(Scene.Put("x"), Scene.Yes(1));
        return scene;
    }

    [Fact]
    public void Two_that_were_told_the_same_seat_are_found()
    {
        using var scene = Begin();
        scene.At(59.9);
        scene.Ask(Scene.Put("y"), Scene.Still());
        scene.Found.ShouldNotBeNull().ShouldContain("1 seats and 2 holders");
    }

    [Fact]
    public void Two_seats_are_for_two()
    {
        using var scene = Begin(2);
        scene.Ask(Scene.Put("y"), Scene.Yes(2));
        scene.Found.ShouldBeNull();
        scene.Ask(Scene.Put("z"), Scene.Yes(3));
        scene.Found.ShouldNotBeNull();
    }

    [Fact]
    public void Who_was_told_a_ttl_ago_holds_nothing_any_more()
    {
        using var scene = Begin();
        scene.At(60.1);
        scene.Ask(Scene.Put("y"), Scene.Yes(2));
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void A_promise_counts_from_when_it_was_asked_for()
    {
        using var scene = Begin();
        scene.At(30);
        var slow = scene.Send(Scene.Put("x"));
        scene.At(70);
        scene.Answer(slow, Scene.Still());
        scene.At(89);
        scene.Ask(Scene.Put("y"), Scene.Yes(2));
        scene.Found.ShouldNotBeNull();
    }

    [Fact]
    public void Who_gave_it_back_holds_nothing_any_more()
    {
        using var scene = Begin();
        scene.Send(Scene.Delete("x"));
        scene.Ask(Scene.Put("y"), Scene.Yes(2));
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void What_was_asked_for_while_a_release_may_still_come_does_not_count()
    {
        using var scene = Begin();
        scene.Arrive(scene.Send(Scene.Delete("x")));
        scene.At(8);
        scene.Ask(Scene.Put("x"), Scene.Still());
        scene.Ask(Scene.Put("y"), Scene.Yes(2));
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void What_was_asked_for_after_a_release_was_over_counts()
    {
        using var scene = Begin();
        scene.Arrive(scene.Send(Scene.Delete("x")));
        scene.At(9.5);
        scene.Ask(Scene.Put("x"), Scene.Still());
        scene.Ask(Scene.Put("y"), Scene.Yes(2));
        scene.Found.ShouldNotBeNull();
    }

    [Fact]
    public void A_release_that_was_answered_is_over()
    {
        using var scene = Begin();
        var release = scene.Send(Scene.Delete("x"));
        scene.Arrive(release);
        scene.Answer(release, Released.Instance);
        scene.Ask(Scene.Put("x"), Scene.Yes(2));
        scene.Ask(Scene.Put("y"), Scene.Yes(3));
        scene.Found.ShouldNotBeNull();
    }

    [Fact]
    public void A_release_whose_outcome_nobody_knows_is_not_over()
    {
        using var scene = Begin();
        var release = scene.Send(Scene.Delete("x"));
        scene.Arrive(release);
        scene.Answer(release, Unknown.Instance);
        scene.Ask(Scene.Put("x"), Scene.Yes(2));
        scene.Ask(Scene.Put("y"), Scene.Yes(3));
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void A_release_that_comes_once_more_counts_once_more()
    {
        using var scene = Begin();
        var release = scene.Send(Scene.Delete("x"));
        scene.Arrive(release);
        scene.Answer(release, Released.Instance);
        scene.Ask(Scene.Put("x"), Scene.Yes(2));
        scene.Arrive(release);
        scene.Ask(Scene.Put("y"), Scene.Yes(3));
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void A_release_may_come_late_where_a_process_stood_still()
    {
        using var scene = Begin();
        var stopped = scene.Cluster.Members[1];
        stopped.Start();
        scene.Arrive(scene.Send(Scene.Delete("x")));
        stopped.Pause();
        scene.At(20);
        scene.Ask(Scene.Put("x"), Scene.Still());
        scene.Ask(Scene.Put("y"), Scene.Yes(2));
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void Whom_an_operator_took_it_from_holds_nothing_any_more()
    {
        using var scene = Begin();
        scene.Happen(Scene.Grant("x", 1));
        scene.Happen(new SeatTaken(new Fingerprint("x"), new LicenseId("a"), 1, "why", 0, Scene.Stamp));
        scene.Ask(Scene.Put("y"), Scene.Yes(2));
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void Who_was_moved_holds_only_the_new_seat()
    {
        using var scene = Begin(2);
        scene.Happen(new LicenseAdded(new LicenseId("b"), 1, null, Scene.Stamp));
        var moving = scene.Send(Scene.Put("x"));
        scene.Happen(Scene.Grant("x", 1));
        scene.Happen(Scene.Release("x", 1, cause: ReleaseCause.Moved), Scene.Grant("x", 2, "b"));
        scene.Answer(moving, Scene.Yes(2, "b"));
        scene.Ask(Scene.Put("y"), Scene.Yes(3));
        scene.Ask(Scene.Put("z"), Scene.Yes(4));
        scene.Found.ShouldBeNull();
        scene.Ask(Scene.Put("w"), Scene.Yes(5, "b"));
        scene.Found.ShouldNotBeNull().ShouldContain("license b has 1 seats and 2 holders");
    }

    [Fact]
    public void Seats_that_a_license_had_until_lately_count()
    {
        using var scene = Begin(2);
        scene.Happen(new LicenseChanged(new LicenseId("a"), 1, null, Scene.Stamp));
        scene.At(30);
        scene.Ask(Scene.Put("x"), Scene.Still());
        scene.Ask(Scene.Put("y"), Scene.Still());
        scene.Found.ShouldBeNull();
        scene.At(200);
        scene.Ask(Scene.Put("x"), Scene.Still());
        scene.Ask(Scene.Put("y"), Scene.Still());
        scene.Found.ShouldNotBeNull().ShouldContain("1 seats and 2 holders");
    }
}
