using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Simulation.Checks;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Tests.Checks;

public sealed class LeaseKeptTests
{
    private static Scene Begin()
    {
        var scene = new Scene((model, violated) => new LeaseKept(model) { Violated = violated });
        scene.Join("m1", 1);
        scene.Renew("m1", 1);
        return scene;
    }

    [Theory]
    [InlineData(2.9, false)]
    [InlineData(3.2, true)]
    public void A_promise_is_made_under_the_lease(double second, bool found)
    {
        using var scene = Begin();
        scene.At(second);
        scene.Give("m1", Scene.Put("x"), Scene.Still(), 2.5);
        (scene.Found is not null).ShouldBe(found);
    }

    [Fact]
    public void What_came_after_the_lease_is_not_answered()
    {
        using var scene = Begin();
        scene.At(3.05);
        scene.Give("m1", Scene.Put("x"), new NoSeatFree(DenialReason.AllHeld), 3.01);
        scene.Found.ShouldNotBeNull().ShouldContain("had ended at 00:00:03.0030000 when the request came");
    }

    [Fact]
    public void What_is_durable_or_nothing_may_be_said_without_a_lease()
    {
        using var scene = Begin();
        scene.At(10);
        scene.Give("m1", Scene.Delete("x"), Released.Instance, 9);
        scene.Give("m1", Scene.Put("x"), Unknown.Instance, 9);
        scene.Give("m1", Scene.Put("x"), NotOwner.Instance, 9);
        scene.Found.ShouldBeNull();
        scene.Give("m1", Scene.Delete("x"), NotHeld.Instance, 9);
        scene.Found.ShouldNotBeNull();
    }

    [Fact]
    public void The_lease_counts_from_when_its_renewal_was_sent()
    {
        using var scene = Begin();
        scene.At(1);
        var renewal = scene.Call("m1", new RenewLease(new Incarnation(1)), new RenewResult(true, [], 1, 1));
        scene.At(2);
        scene.Told(renewal);
        scene.At(3.5);
        scene.Give("m1", Scene.Put("x"), Scene.Still(), 3.4);
        scene.Found.ShouldBeNull();
        scene.At(4.5);
        scene.Give("m1", Scene.Put("x"), Scene.Still(), 3.4);
        scene.Found.ShouldNotBeNull();
    }

    [Fact]
    public void A_renewal_that_its_process_does_not_know_of_does_not_count()
    {
        using var scene = Begin();
        scene.At(2);
        var renewal = scene.Call("m1", new RenewLease(new Incarnation(1)), new RenewResult(true, [], 1, 1));
        renewal.Breaks();
        scene.Took(renewal);
        scene.Told(renewal);
        scene.At(4);
        scene.Give("m1", Scene.Put("x"), Scene.Still(), 2.5);
        scene.Found.ShouldNotBeNull();
    }

    [Fact]
    public void Who_is_down_answers_no_more()
    {
        using var scene = Begin();
        scene.At(1);
        scene.Do("m1", new RenewLease(new Incarnation(1)), RenewResult.Down);
        scene.At(1.5);
        scene.Give("m1", Scene.Put("x"), Scene.Still(), 0.5);
        scene.Found.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(2.5, false)]
    [InlineData(3.5, true)]
    public void Who_stood_still_is_excused_for_what_came_before(double arrived, bool found)
    {
        using var scene = Begin();
        var member = scene.Cluster.Members[0];
        member.Start();
        member.Pause();
        var process = member.Process!;
        var answering = new FakeCall(scene.Cluster.Store, process, 100, new JoinCluster(Scene.Card("m1")), new JoinResult(new Incarnation(2)));
        var renewal = new FakeCall(
            scene.Cluster.Store, process, 101, new RenewLease(new Incarnation(2)), new RenewResult(true, [], 1, 1));
        scene.Told(answering);
        scene.Told(renewal);
        scene.At(5);
        var answer = new Cluster.GivenAnswer(
            member, process, Scene.Pool, Scene.Put("x"), Scene.Still(), new Epoch(1), TimeSpan.FromSeconds(arrived), scene.Now);
        scene.Cluster.Witness.Tell(check => check.OnGiven(answer));
        (scene.Found is not null).ShouldBe(found);
    }
}
