using Berth.Pools;
using Berth.Simulation.Checks;

namespace Berth.Simulation.Tests.Checks;

/// <summary>What must hold once nothing fails any more.</summary>
public sealed class EndingTests
{
    [Theory]
    [InlineData(50, true)]
    [InlineData(40, false)]
    public void Soon_after_the_quiet_every_request_is_answered(double second, bool found)
    {
        using var scene = Serving();
        scene.At(35);
        var asked = scene.Send(Scene.Put("x"));
        scene.At(second);
        scene.Answer(asked, NotOwner.Instance);
        (scene.Found is not null).ShouldBe(found);
    }

    [Fact]
    public void Who_waits_in_vain_is_found()
    {
        using var scene = Serving();
        scene.At(40);
        var asked = scene.Send(Scene.Put("x"));
        scene.At(45);
        scene.Cluster.Witness.Tell(check => check.OnGivenUp(asked));
        scene.Found.ShouldBeNull();
        scene.At(50);
        scene.Cluster.Witness.Tell(check => check.OnGivenUp(asked));
        scene.Found.ShouldNotBeNull().ShouldContain("was not answered");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pool_that_never_says_yes_or_no_is_found(bool answers)
    {
        using var scene = Serving();
        scene.At(10);
        scene.Ask(Scene.Put("x"), Busy.Instance);
        scene.Ask(Scene.Put("x"), answers ? new NoSeatFree(DenialReason.AllHeld) : Unknown.Instance);
        scene.Cluster.Witness.Tell(check => check.OnSilence());
        (scene.Found is null).ShouldBe(answers);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void A_claim_that_outlives_the_silence_is_found(bool heartbeats, bool found)
    {
        using var scene = new Scene((model, violated) => new NothingLeaks(model) { Violated = violated });
        scene.Begin();
        scene.Happen(new PolicyAdopted(Policy.Default with { Heartbeats = heartbeats }, Scene.Stamp), Scene.Grant("x", 1));
        scene.Cluster.Witness.Tell(check => check.OnSilence());
        scene.At(120);
        scene.Cluster.Witness.Tell(check => check.OnEnd());
        (scene.Found is not null).ShouldBe(found);
    }

    [Fact]
    public void Nothing_leaks_where_all_have_lapsed()
    {
        using var scene = new Scene((model, violated) => new NothingLeaks(model) { Violated = violated });
        scene.Begin();
        scene.Happen(Scene.Grant("x", 1), Scene.Expire("x", 1));
        scene.Cluster.Witness.Tell(check => check.OnSilence());
        scene.At(120);
        scene.Cluster.Witness.Tell(check => check.OnEnd());
        scene.Found.ShouldBeNull();
    }

    private static Scene Serving()
    {
        var scene = new Scene((model, violated) => new ServesAgain(model) { Violated = violated });
        scene.Begin();
        scene.Cluster.Witness.Tell(check => check.OnQuiet());
        return scene;
    }
}
