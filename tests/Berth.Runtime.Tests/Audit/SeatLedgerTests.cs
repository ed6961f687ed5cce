using Berth.Pools;
using Berth.Runtime.Audit;

namespace Berth.Runtime.Tests.Audit;

/// <summary>Histories that the rules would never make, with a chain and a signature that hold.</summary>
public sealed class SeatLedgerTests
{
    private static readonly Stamp _at = new(0, 1_767_323_045_678, Who.Nobody);

    [Fact]
    public async Task A_seat_granted_twice_is_named_with_its_line()
    {
        var verdict = await VerifyAsync(new PoolAdded("p", _at), Added("l", 1), Granted("a", "l", 1), Granted("b", "l", 2));
        (verdict.IsProven, verdict.FlawLine).ShouldBe((false, 5));
        verdict.Flaw.ShouldBe("version 4 of pool p: oversold: license l was granted to b while 1 of its 1 seats were held");
    }

    [Fact]
    public async Task A_seat_of_a_license_that_was_taken_out_is_oversold()
    {
        var verdict = await VerifyAsync(
            new PoolAdded("p", _at), Added("l", 2), Granted("a", "l", 1), new LicenseRemoved(new("l"), _at), Granted("b", "l", 2));
        (verdict.FlawLine, verdict.Flaw!.Contains("no such license", StringComparison.Ordinal)).ShouldBe((6, true));
    }

    [Fact]
    public async Task A_license_that_was_reduced_grants_nothing_until_enough_came_back()
    {
        PoolEvent[] start =
        [
            new PoolAdded("p", _at), Added("l", 3), Granted("a", "l", 1), Granted("b", "l", 2), Granted("c", "l", 3),
            new LicenseChanged(new("l"), 2, null, _at), Released("a", 1),
        ];
        (await VerifyAsync([.. start, Granted("d", "l", 4)])).Flaw!.ShouldContain("while 2 of its 2 seats were held");
        var proof = (await VerifyAsync([.. start, Released("b", 2), Granted("d", "l", 4)])).Pools.Single();
        (proof.Peak, proof.PeakSeats, proof.PeakKept, proof.Active, proof.Seats).ShouldBe((3, 3, 0, 2, 2));
    }

    [Fact]
    public async Task Seats_kept_of_a_reduced_license_do_not_count_against_the_others()
    {
        var verdict = await VerifyAsync(
            new PoolAdded("p", _at), Added("l", 3), Added("m", 1), Granted("a", "l", 1), Granted("b", "l", 2), Granted("c", "l", 3),
            new LicenseChanged(new("l"), 1, null, _at), Granted("d", "m", 4));
        verdict.Flaw.ShouldBeNull();
        (verdict.Pools[0].Peak, verdict.Pools[0].PeakSeats, verdict.Pools[0].PeakKept).ShouldBe((4, 2, 2));
    }

    [Fact]
    public async Task A_node_with_two_seats_and_a_return_of_what_is_not_held_are_flaws()
    {
        PoolEvent[] start = [new PoolAdded("p", _at), Added("l", 2), Granted("a", "l", 1)];
        (await VerifyAsync([.. start, Granted("a", "l", 2)])).Flaw!.ShouldContain("a holds two seats");
        (await VerifyAsync([.. start, Released("b", 1)])).Flaw!.ShouldContain("which it does not hold");
        (await VerifyAsync([.. start, Released("a", 2)])).Flaw!.ShouldContain("which it does not hold");
        (await VerifyAsync([.. start, Granted("b", "l", 1)])).Flaw!.ShouldContain("grant 1 follows grant 1");
        (await VerifyAsync([.. start, Added("l", 2)])).Flaw!.ShouldContain("added twice");
    }

    [Fact]
    public async Task An_event_that_the_rules_refuse_is_a_flaw_although_counting_sees_none()
    {
        var verdict = await VerifyAsync(new PoolAdded("p", _at), Added("l", 2), Granted("a", "l", 7));
        (verdict.FlawLine, verdict.Flaw!.Contains("cannot stand at version 3", StringComparison.Ordinal)).ShouldBe((4, true));
    }

    [Fact]
    public async Task Claims_of_another_server_count_as_grants()
    {
        var imported = new LicenseImported(new("l"), 1, null, 1, 1, 1, 1, _at);
        var held = new ClaimImported(new("a"), new("l"), 1, 60_000, 1, _at);
        (await VerifyAsync(new PoolAdded("p", _at), imported, held)).Pools.Single().Peak.ShouldBe(1);
        (await VerifyAsync(new PoolAdded("p", _at), imported, held, Granted("b", "l", 2))).Flaw!.ShouldContain("oversold");
    }

    private static async Task<AuditVerdict> VerifyAsync(params PoolEvent[] events) =>
        await AuditRig.VerifyAsync(await AuditRig.ForgedAsync(events));

    private static LicenseAdded Added(string id, int seats) => new(new(id), seats, null, _at);

    private static SeatGranted Granted(string node, string license, long number) => new(new(node), new(license), number, 60_000, null, _at);

    private static SeatReleased Released(string node, long number) => new(new(node), new("l"), number, ReleaseCause.Node, _at);
}
