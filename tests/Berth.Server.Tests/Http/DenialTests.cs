using Berth.Pools;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>What a member leaves in its journal about the claims it denied.</summary>
public sealed class DenialTests
{
    private static readonly PoolName Old = new("old");

    [Fact]
    public async Task Denials_end_up_in_the_journal_with_their_reasons()
    {
        await using var member = await TestMember.WithSeatsAsync(1, time: new HandClock());
        await member.AddLicenseAsync(Old, "expired-1", expiryMs: (HandClock.StartUnix - 1) * 1000);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        (await member.StatusAsync(Put("b"))).ShouldBe(410);
        (await member.StatusAsync(Put("b"))).ShouldBe(410);
        (await member.StatusAsync(Put("b", "Relay-Pool: old"))).ShouldBe(410);
        (await member.StatusAsync(Put("b", "Relay-Pool: nowhere"))).ShouldBe(400);
        await member.StopAsync();
        (await ReadAsync(member, PoolName.Global)).ShouldBe([("all-held", "b", 2)]);
        (await ReadAsync(member, Old)).ShouldBe([("expired", "b", 1)]);
    }

    [Fact]
    public async Task Without_audit_no_denial_is_kept()
    {
        await using var member = await TestMember.StartAsync(TestMember.Options with { Audit = false });
        (await member.StatusAsync(Put("a"))).ShouldBe(410);
        await member.StopAsync();
        (await ReadAsync(member, PoolName.Global)).ShouldBeEmpty();
    }

    private static async Task<IEnumerable<(string Reason, string Node, long Count)>> ReadAsync(TestMember member, PoolName pool) =>
        (await member.Member.Journal.ReadDenialsAsync(pool, null, 10)).Select(denial => (denial.Reason, denial.Node.Value, denial.Count));
}
