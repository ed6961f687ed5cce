using Berth.Pools;
using Berth.Server.Http;

namespace Berth.Server.Tests.Http;

/// <summary>Licenses that could not be handed out come with the next answer, once, to the same node of the same pool.</summary>
public sealed class OwedLicensesTests
{
    private static readonly PoolName Pool = PoolName.Global;
    private static readonly Fingerprint Node = new("a");
    private static readonly Granted Grant = new(new LicenseId("one"), 60_000, 7);
    private static readonly Renewed Renewal = new(new LicenseId("one"), 60_000, Repeat: false);

    [Fact]
    public void A_renewal_carries_what_is_owed_once()
    {
        var owed = new OwedLicenses();
        owed.Settle(Pool, Node, Renewal).ShouldBeSameAs(Renewal);
        owed.Add(Pool, Node, Grant);
        owed.Settle(Pool, Node, Renewal).ShouldBe(Renewal with { Repeat = true });
        owed.Settle(Pool, Node, Renewal).ShouldBeSameAs(Renewal);
    }

    [Fact]
    public void Without_heartbeats_the_grant_is_given_again()
    {
        var owed = new OwedLicenses();
        owed.Add(Pool, Node, Grant);
        owed.Settle(Pool, Node, AlreadyHeld.Instance).ShouldBe(Grant);
        owed.Settle(Pool, Node, AlreadyHeld.Instance).ShouldBeSameAs(AlreadyHeld.Instance);
    }

    [Fact]
    public void A_reply_that_says_nothing_of_the_claim_leaves_the_debt()
    {
        var owed = new OwedLicenses();
        owed.Add(Pool, Node, Renewal);
        owed.Settle(Pool, Node, Busy.Instance).ShouldBeSameAs(Busy.Instance);
        owed.Settle(Pool, new Fingerprint("b"), Renewal).ShouldBeSameAs(Renewal);
        owed.Settle(new PoolName("blue"), Node, Renewal).ShouldBeSameAs(Renewal);
        owed.Settle(Pool, Node, Renewal).ShouldBe(Renewal with { Repeat = true });
    }

    [Fact]
    public void A_newer_grant_settles_it()
    {
        var owed = new OwedLicenses();
        owed.Add(Pool, Node, Grant);
        var newer = new Granted(new LicenseId("two"), 60_000, 8);
        owed.Settle(Pool, Node, newer).ShouldBeSameAs(newer);
        owed.Settle(Pool, Node, AlreadyHeld.Instance).ShouldBeSameAs(AlreadyHeld.Instance);
    }

    [Fact]
    public void Strangers_cannot_make_it_grow_for_ever()
    {
        var owed = new OwedLicenses();
        for (var i = 0; i < 70_000; i++)
        {
            owed.Add(Pool, new Fingerprint($"node-{i}"), Grant);
        }

        owed.Settle(Pool, new Fingerprint("node-0"), Renewal).ShouldBeSameAs(Renewal);
        owed.Settle(Pool, new Fingerprint("node-69999"), Renewal).ShouldBe(Renewal with { Repeat = true });
    }
}
