using Berth.Pools;
using Berth.Simulation.Checks;

namespace Berth.Simulation.Tests.Checks;

public sealed class SeatsInTheJournalTests
{
    private static Scene Begin(int seats)
    {
        var scene = new Scene((model, violated) => new SeatsInTheJournal(model) { Violated = violated });
        scene.Begin(seats);
        return scene;
    }

    [Fact]
    public void Seats_that_are_given_and_given_back_are_in_order()
    {
        using var scene = Begin(2);
        scene.Happen(Scene.Grant("x", 1), Scene.Grant("y", 2), Scene.Release("x", 1), Scene.Grant("z", 3), Scene.Expire("y", 2));
        scene.Happen(new LicenseRemoved(new LicenseId("a"), Scene.Stamp), Scene.Release("z", 3));
        scene.Happen(new LicenseAdded(new LicenseId("a"), 1, null, Scene.Stamp), Scene.Grant("x", 4));
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void One_seat_given_twice_is_found()
    {
        using var scene = Begin(1);
        scene.Happen(Scene.Grant("x", 1), Scene.Grant("y", 2));
        scene.Found.ShouldNotBeNull().ShouldContain("1 hold its 1 seats");
    }

    [Fact]
    public void A_second_claim_of_a_node_is_found()
    {
        using var scene = Begin(2);
        scene.Happen(Scene.Grant("x", 1), Scene.Grant("x", 2));
        scene.Found.ShouldNotBeNull().ShouldContain("it holds grant 1 of a to x");
    }

    [Fact]
    public void A_number_that_comes_again_is_found()
    {
        using var scene = Begin(2);
        scene.Happen(Scene.Grant("x", 1), Scene.Grant("y", 1));
        scene.Found.ShouldNotBeNull().ShouldContain("number 1 after 1");
    }

    [Fact]
    public void The_end_of_another_grant_is_found()
    {
        using var scene = Begin(1);
        scene.Happen(Scene.Grant("x", 1), Scene.Expire("x", 2));
        scene.Found.ShouldNotBeNull().ShouldContain("of grant 2 of a to x");
    }

    [Fact]
    public void A_seat_of_a_license_that_was_taken_out_is_found()
    {
        using var scene = Begin(2);
        scene.Happen(Scene.Grant("x", 1), new LicenseRemoved(new LicenseId("a"), Scene.Stamp), Scene.Grant("y", 2));
        scene.Found.ShouldNotBeNull().ShouldContain("was taken out");
    }
}
