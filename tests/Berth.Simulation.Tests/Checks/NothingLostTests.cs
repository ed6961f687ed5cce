using Berth.Pools;
using Berth.Simulation.Checks;

namespace Berth.Simulation.Tests.Checks;

public sealed class NothingLostTests
{
    private static readonly LicenseId _a = new("a");

    private static Scene Begin(int seats = 1)
    {
        var scene = new Scene((model, violated) => new NothingLost(model) { Violated = violated });
        scene.Begin(seats);
        return scene;
    }

    [Fact]
    public void Answers_that_the_journal_bears_out_are_right()
    {
        using var scene = Begin();
        scene.At(1);
        scene.Happen(Scene.Grant("x", 1));
        scene.Give("m1", Scene.Put("x"), Scene.Yes(1), 0.5);
        scene.Give("m1", Scene.Put("x"), Scene.Still(), 0.5);
        scene.At(2);
        scene.Happen(Scene.Release("x", 1));
        scene.Give("m1", Scene.Delete("x"), Released.Instance, 1.5);
        scene.Give("m1", Scene.Put("x"), Scene.Still(), 1.9);
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void A_grant_that_is_answered_before_it_is_durable_is_found()
    {
        using var scene = Begin();
        scene.Give("m1", Scene.Put("x"), Scene.Yes(1), 0);
        scene.Found.ShouldNotBeNull().ShouldContain("before it was durable");
    }

    [Fact]
    public void A_release_that_did_not_happen_since_is_found()
    {
        using var scene = Begin();
        scene.Happen(Scene.Grant("x", 1), Scene.Release("x", 1));
        scene.At(1);
        scene.Give("m1", Scene.Delete("x"), Released.Instance, 0.5);
        scene.Found.ShouldNotBeNull().ShouldContain("Released at 00:00:00");
    }

    [Fact]
    public void A_renewal_of_what_had_ended_when_it_was_asked_is_found()
    {
        using var scene = Begin();
        scene.Happen(Scene.Grant("x", 1), Scene.Release("x", 1));
        scene.At(1);
        scene.Give("m1", Scene.Put("x"), Scene.Still(), 0.5);
        scene.Found.ShouldNotBeNull().ShouldContain("since then it held grant 1 of a to x");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_change_is_answered_once_it_is_there(bool done)
    {
        using var scene = Begin();
        scene.At(1);
        if (done)
        {
            scene.Happen(new LicenseChanged(_a, 2, null, Scene.Stamp));
            scene.Happen(new LicenseRemoved(_a, Scene.Stamp), new LicenseAdded(_a, 1, null, Scene.Stamp));
            scene.Happen(new PolicyExceptionChanged(Off, Scene.Stamp), new ClusterPolicyChanged(Policy.Default, Scene.Stamp));
        }

        scene.Give("m1", new ChangeLicense(new LicenseGrant(_a, 2, null), Who.Nobody), Changed.Instance, 0.5);
        (scene.Found is null).ShouldBe(done);
        scene.Give("m1", new RemoveLicense(_a, Who.Nobody), Changed.Instance, 0.5);
        scene.Give("m1", new AddLicenses([new LicenseGrant(_a, 1, null)], Who.Nobody), Changed.Instance, 0.5);
        scene.Give("m1", new SetPolicyException(Off, Who.Nobody), Changed.Instance, 0.5);
        scene.Give("m1", new SetClusterPolicy(Policy.Default, Who.Nobody), Changed.Instance, 0.5);
        (scene.Found is null).ShouldBe(done);
    }

    [Fact]
    public void A_license_that_is_said_to_be_out_and_is_not_is_found()
    {
        using var scene = Begin();
        scene.Give("m1", new RemoveLicense(_a, Who.Nobody), Changed.Instance, 0);
        scene.Found.ShouldNotBeNull().ShouldContain("no such change");
    }

    [Fact]
    public void A_policy_that_is_said_to_be_set_and_is_not_is_found()
    {
        using var scene = Begin();
        scene.Give("m1", new SetPolicyException(Off, Who.Nobody), Changed.Instance, 0);
        scene.Found.ShouldNotBeNull().ShouldContain("no such change");
    }

    [Theory]
    [InlineData(59.9, true)]
    [InlineData(60.1, false)]
    public void A_claim_may_expire_once_its_promise_is_over(double second, bool found)
    {
        using var scene = Begin();
        scene.Happen(Scene.Grant("x", 1));
        scene.Ask(Scene.Put("x"), Scene.Yes(1));
        scene.At(second);
        scene.Happen(Scene.Expire("x", 1));
        (scene.Found is not null).ShouldBe(found);
    }

    [Fact]
    public void A_node_that_is_told_of_another_grant_has_lost_its_claim()
    {
        using var scene = Begin();
        scene.Ask(Scene.Put("x"), Scene.Yes(1));
        scene.At(1);
        scene.Ask(Scene.Put("x"), Scene.Yes(1));
        scene.Ask(Scene.Put("x"), Scene.Still());
        scene.Found.ShouldBeNull();
        scene.Ask(Scene.Put("x"), Scene.Yes(2));
        scene.Found.ShouldNotBeNull().ShouldContain("its claim is lost");
    }

    [Fact]
    public void A_node_that_is_told_that_no_seat_is_free_has_lost_its_claim()
    {
        using var scene = Begin();
        scene.Ask(Scene.Put("x"), Scene.Yes(1));
        var before = scene.Send(Scene.Put("y"));
        scene.At(1);
        scene.Ask(Scene.Put("y"), Scene.Yes(2));
        scene.Answer(before, new NoSeatFree(DenialReason.AllHeld));
        scene.Found.ShouldBeNull("it asked before it was told that it has a seat");
        scene.Ask(Scene.Put("x"), new NoSeatFree(DenialReason.AllHeld));
        scene.Found.ShouldNotBeNull().ShouldContain("its claim is lost");
    }

    [Fact]
    public void What_an_owner_says_that_was_taken_for_dead_is_no_loss()
    {
        using var scene = Begin();
        scene.Ask(Scene.Put("x"), Scene.Yes(1), epoch: 2);
        scene.At(1);
        scene.Ask(Scene.Put("x"), new NoSeatFree(DenialReason.AllHeld), epoch: 1);
        scene.Found.ShouldBeNull("the successor gave the seat");
        scene.Ask(Scene.Put("x"), new NoSeatFree(DenialReason.AllHeld), epoch: 2);
        scene.Found.ShouldNotBeNull().ShouldContain("its claim is lost");
    }

    [Fact]
    public void A_node_whose_license_shrank_may_find_no_seat()
    {
        using var scene = Begin(2);
        scene.Ask(Scene.Put("x"), Scene.Yes(1));
        scene.At(1);
        scene.Happen(new LicenseChanged(_a, 1, null, Scene.Stamp));
        scene.Ask(Scene.Put("x"), new NoSeatFree(DenialReason.AllHeld));
        scene.Found.ShouldBeNull();
    }

    private static PolicyException Off => new(null, null, Heartbeats: false);
}
