using Berth.Pools;
using Berth.Protocol;
using Berth.Testing;
using static Berth.Server.Tests.Http.NativeWire;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Which answer of <c>/v2</c> each situation gets.</summary>
public sealed class NativeClaimsTests
{
    private static readonly MemberOptions On = TestMember.Options with { CullInterval = TimeSpan.FromDays(1) };
    private static readonly MemberOptions Off = On with { ExplicitPolicy = new PolicyException(null, null, false) };
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(HandClock.StartUnix);

    [Fact]
    public async Task A_claim_is_granted_renewed_shown_and_released()
    {
        var clock = new HandClock();
        await using var member = await TestMember.WithSeatsAsync(2, On, clock);
        var granted = (await member.AskAsync(Claim("a"))).ShouldBeClaim(201, "license-1", handedOut: true);
        (granted.Pool, granted.Fingerprint, granted.Number, granted.Since).ShouldBe(("-", "a", 1, Start));
        granted.Version.ShouldBeGreaterThan(1);
        (granted.ExpiresAt, granted.ExpiresIn).ShouldBe((Start.AddSeconds(60), 60));
        await clock.AdvanceAsync(member, 40);

        var shown = (await member.AskAsync(Show("a"))).ShouldBeClaim(200, "license-1", handedOut: false);
        shown.ShouldBe(granted with { ExpiresIn = 20, LicenseFile = null, LicenseKey = null });
        var renewed = (await member.AskAsync(Claim("a"))).ShouldBeClaim(200, "license-1", handedOut: false);
        renewed.ShouldBe(shown with { ExpiresAt = Start.AddSeconds(100), ExpiresIn = 60 });

        (await member.AskAsync(Release("a"))).ShouldBeReleased();
        (await member.AskAsync(Show("a"))).ShouldBeProblem(404, ClaimProblemCodes.ClaimNotHeld);
        (await member.AskAsync(Release("a"))).ShouldBeProblem(404, ClaimProblemCodes.ClaimNotHeld);
    }

    [Fact]
    public async Task A_look_renews_nothing()
    {
        var clock = new HandClock();
        await using var member = await TestMember.WithSeatsAsync(1, On, clock);
        (await member.StatusAsync(Claim("a"))).ShouldBe(201);
        await clock.AdvanceAsync(member, 61);
        (await member.AskAsync(Show("a"))).ShouldBeClaim(200, "license-1", handedOut: false).ExpiresIn.ShouldBe(0);
        await clock.AdvanceAsync(member, 1);
        (await member.StatusAsync(Claim("b"))).ShouldBe(201);
        (await member.AskAsync(Show("a"))).ShouldBeProblem(404, ClaimProblemCodes.ClaimNotHeld);
    }

    [Fact]
    public async Task A_renewal_hands_out_the_license_when_that_is_preferred()
    {
        await using var member = await TestMember.WithSeatsAsync(1, On);
        (await member.AskAsync(Claim("a")))["Preference-Applied"].ShouldBeNull();
        var again = await member.AskAsync(Claim("a", "Prefer: return=representation"));
        again.ShouldBeClaim(200, "license-1", handedOut: true);
        again["Preference-Applied"].ShouldBe("return=representation");
        (await member.AskAsync(Claim("a", "Prefer: return=minimal"))).ShouldBeClaim(200, "license-1", handedOut: false);
        (await member.AskAsync(Show("a", "Prefer: return=representation"))).ShouldBeClaim(200, "license-1", handedOut: false);
    }

    [Fact]
    public async Task Without_heartbeats_the_holder_is_answered_again_and_promised_no_time()
    {
        await using var member = await TestMember.WithSeatsAsync(1, Off, new HandClock());
        var granted = (await member.AskAsync(Claim("a"))).ShouldBeClaim(201, "license-1", handedOut: true);
        (granted.ExpiresAt, granted.ExpiresIn).ShouldBe((null, null));
        var again = (await member.AskAsync(Claim("a"))).ShouldBeClaim(200, "license-1", handedOut: false);
        again.ShouldBe(granted with { LicenseFile = null, LicenseKey = null });
        (await member.AskAsync(Claim("a", "Prefer: return=representation"))).ShouldBeClaim(200, "license-1", handedOut: true);
        (await member.AskAsync(Show("a"))).ShouldBeClaim(200, "license-1", handedOut: false).ShouldBe(again);
        (await member.AskAsync(Claim("b"))).ShouldBeProblem(409, ClaimProblemCodes.NoSeatFree);
        (await member.AskAsync(Claim("b")))["Retry-After"].ShouldBe("60");
    }

    [Fact]
    public async Task Without_a_seat_the_next_deadline_says_when_to_ask_again()
    {
        var clock = new HandClock();
        await using var member = await TestMember.WithSeatsAsync(2, On, clock);
        (await member.StatusAsync(Claim("a"))).ShouldBe(201);
        await clock.AdvanceAsync(member, 20);
        (await member.StatusAsync(Claim("b"))).ShouldBe(201);
        clock.Add(TimeSpan.FromMilliseconds(500));

        // a lapses 62 s after its grant, of which 20.5 s have passed.
        var refused = await member.AskAsync(Claim("c"));
        var problem = refused.ShouldBeProblem(409, ClaimProblemCodes.NoSeatFree);
        (refused["Retry-After"], problem.Reason, problem.RetryAt).ShouldBe(("42", "all-held", Start.AddSeconds(62)));
        (await member.StatusAsync(Claim("a"))).ShouldBe(200);
        (await member.AskAsync(Claim("c")))["Retry-After"].ShouldBe("60");
    }

    [Fact]
    public async Task The_time_to_ask_again_is_at_most_a_ttl_and_at_least_a_second()
    {
        var clock = new HandClock();
        var options = On with { ExplicitPolicy = new PolicyException(TimeSpan.FromSeconds(40), null, null) };
        await using var member = await TestMember.WithSeatsAsync(1, options, clock);
        (await member.StatusAsync(Claim("a"))).ShouldBe(201);
        (await member.AskAsync(Claim("b")))["Retry-After"].ShouldBe("40");
        await clock.AdvanceAsync(member, 41);
        clock.Add(TimeSpan.FromMilliseconds(950));
        (await member.AskAsync(Claim("b")))["Retry-After"].ShouldBe("1");
        clock.Add(TimeSpan.FromMilliseconds(50));
        (await member.StatusAsync(Claim("b"))).ShouldBe(201);
    }

    [Theory]
    [InlineData(false, "no-licenses")]
    [InlineData(true, "expired")]
    public async Task The_reason_is_told(bool expired, string reason)
    {
        await using var member = await TestMember.StartAsync(On, time: new HandClock());
        if (expired)
        {
            await member.AddLicenseAsync(PoolName.Global, "old", expiryMs: (HandClock.StartUnix - 1) * 1000);
        }

        var refused = await member.AskAsync(Claim("a"));
        refused.ShouldBeProblem(409, ClaimProblemCodes.NoSeatFree).Reason.ShouldBe(reason);
        refused["Retry-After"].ShouldBe("60");
    }

    [Fact]
    public async Task A_node_whose_seat_was_taken_waits_for_its_cool_down()
    {
        var clock = new HandClock();
        await using var member = await TestMember.WithSeatsAsync(1, On, clock);
        (await member.StatusAsync(Claim("a"))).ShouldBe(201);
        await member.Member.Pools.SendAsync(PoolName.Global, new TakeSeat(new("a"), "because", 90_500, Who.Nobody), default);
        var refused = await member.AskAsync(Claim("a"));
        refused.ShouldBeProblem(409, ClaimProblemCodes.CoolingDown).RetryAt.ShouldBe(Start.AddSeconds(91));
        refused["Retry-After"].ShouldBe("91");
        (await member.StatusAsync(Claim("b"))).ShouldBe(201);
    }

    [Fact]
    public async Task An_exclusive_node_holds_one_seat_in_all()
    {
        await using var member = await TestMember.WithSeatsAsync(1, On with { ExclusiveNodes = true });
        await member.AddSeatsAsync(new PoolName("blue"), 1, "blue-");
        (await member.StatusAsync(Claim("a"))).ShouldBe(201);
        (await member.AskAsync(Request("PUT", PathOf("a", "blue")))).ShouldBeProblem(409, ClaimProblemCodes.HeldElsewhere);
        (await member.StatusAsync(Claim("a"))).ShouldBe(200);
    }

    [Fact]
    public async Task The_path_names_the_pool()
    {
        await using var member = await TestMember.WithSeatsAsync(1, On);
        await member.AddSeatsAsync(new PoolName("b\u00e9 c"), 1, "blue-");
        foreach (var method in new[] { "PUT", "GET", "DELETE" })
        {
            (await member.AskAsync(Request(method, PathOf("a", "red")))).ShouldBeProblem(404, ClaimProblemCodes.PoolNotFound);
            (await member.AskAsync(Request(method, PathOf("a", "%2F")))).ShouldBeProblem(400, ClaimProblemCodes.InvalidPool);
            (await member.AskAsync(Request(method, PathOf("%7f")))).ShouldBeProblem(400, ClaimProblemCodes.InvalidFingerprint);
        }

        var claim = (await member.AskAsync(Request("PUT", PathOf("a%20b", "b%c3%a9%20c"), "Relay-Pool: red")))
            .ShouldBeClaim(201, "blue-1", handedOut: true);
        (claim.Pool, claim.Fingerprint).ShouldBe(("b\u00e9 c", "a b"));
        member.Member.Pools.Names.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_locked_edge_serves_its_pool_alone()
    {
        await using var member = await TestMember.WithSeatsAsync(1, On with { PoolLock = new PoolName("blue") });
        await member.AddSeatsAsync(new PoolName("blue"), 1, "blue-");
        foreach (var method in new[] { "PUT", "GET", "DELETE" })
        {
            (await member.AskAsync(Request(method, PathOf("a")))).ShouldBeProblem(400, ClaimProblemCodes.UnsupportedPool);
            (await member.AskAsync(Request(method, PathOf("a", "red")))).ShouldBeProblem(400, ClaimProblemCodes.UnsupportedPool);
        }

        (await member.AskAsync(Request("PUT", PathOf("a", "blue")))).ShouldBeClaim(201, "blue-1", handedOut: true);
    }

    [Fact]
    public async Task Both_versions_see_the_same_claim()
    {
        await using var member = await TestMember.WithSeatsAsync(1, On);
        (await member.AskAsync(Put("a"))).ShouldHandOut(201, "license-1");
        (await member.AskAsync(Claim("a"))).ShouldBeClaim(200, "license-1", handedOut: false);
        (await member.StatusAsync(Put("a"))).ShouldBe(202);
        (await member.StatusAsync(Delete("a"))).ShouldBe(204);
        (await member.AskAsync(Show("a"))).ShouldBeProblem(404, ClaimProblemCodes.ClaimNotHeld);
    }

    [Fact]
    public async Task What_passed_while_a_license_was_read_is_not_promised_again()
    {
        var clock = new HandClock();
        var journal = new ScriptedJournal();
        await using var member = await TestMember.StartAsync(On, journal, clock);
        await member.AddSeatsAsync(PoolName.Global, 1);
        journal.OnReadLicense = read =>
        {
            clock.Add(TimeSpan.FromMilliseconds(5_900));
            return read();
        };
        var claim = (await member.AskAsync(Claim("a"))).ShouldBeClaim(201, "license-1", handedOut: true);
        (claim.ExpiresIn, claim.ExpiresAt).ShouldBe((55, Start.AddSeconds(60)));
    }

    [Fact]
    public async Task A_claim_that_ends_before_it_is_told_is_neither_a_yes_nor_a_no()
    {
        await using var member = await TestMember.WithSeatsAsync(1, On);
        Task<PoolReply>? released = null;
        member.Member.Pools.OnDurable += (_, happened) =>
            released ??= happened is SeatGranted granted ? SendAsync(member, new ReleaseSeat(granted.Node, Who.Nobody)) : null;
        (await member.AskAsync(Claim("a"))).ShouldBeProblem(503, ClaimProblemCodes.OutcomeUnknown);
        (await released!).ShouldBe(Released.Instance);
        (await member.AskAsync(Claim("a"))).ShouldBeClaim(201, "license-1", handedOut: true).Number.ShouldBe(2);
    }

    [Fact]
    public async Task A_claim_that_is_another_before_it_is_told_is_told_with_the_next_answer()
    {
        await using var member = await TestMember.WithSeatsAsync(1, On);
        var replies = new List<Task<PoolReply>>();
        member.Member.Pools.OnDurable += (_, happened) =>
        {
            if (happened is SeatGranted { Number: 1 } granted)
            {
                replies.Add(SendAsync(member, new ReleaseSeat(granted.Node, Who.Nobody)));
                replies.Add(SendAsync(member, new ClaimSeat(granted.Node, Who.Nobody)));
            }
        };
        (await member.AskAsync(Claim("a"))).ShouldBeProblem(503, ClaimProblemCodes.OutcomeUnknown);
        (await replies[1]).ShouldBeOfType<Granted>().Number.ShouldBe(2);
        (await member.AskAsync(Claim("a"))).ShouldBeClaim(200, "license-1", handedOut: true).Number.ShouldBe(2);
    }

    private static Task<PoolReply> SendAsync(TestMember member, PoolCommand command) =>
        member.Member.Pools.SendAsync(PoolName.Global, command, default).AsTask();
}
