using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Journal;
using Berth.Server.Management;
using Berth.Server.Tests.Http;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Management;

/// <summary>A seat that an operator takes away, as the node sees it at the edge.</summary>
public sealed class HolderReleaseTests
{
    private static readonly Who _operator = new("operator", "unix", "ann", null);
    private static readonly ServerDescription _server = new("1", 2, "memory", 3, DateTimeOffset.UnixEpoch);

    private readonly HandClock _clock = new();
    private readonly MemoryJournal _journal = new();

    [Fact]
    public async Task The_node_is_refused_until_its_cool_down_is_over()
    {
        await using var member = await StartAsync();
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        var taken = await HoldersOf(member).ReleaseAsync("-", "a", new TakeSeatRequest("left for the day", 300_000), default);
        taken.Value.ShouldBe(new TakenSeat("a", "-", 300_000));
        await RefusedAsync(member, "300");
        (await member.StatusAsync(Put("b"))).ShouldBe(201);
        (await member.StatusAsync(Delete("b"))).ShouldBe(204);
        await _clock.AdvanceAsync(member, 299);
        await RefusedAsync(member, "1");
        await _clock.AdvanceAsync(member, 2);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
    }

    [Fact]
    public async Task The_default_is_the_ttl_and_none_is_allowed()
    {
        await using var member = await StartAsync();
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        (await HoldersOf(member).ReleaseAsync("-", "a", new TakeSeatRequest("r"), default)).Value!.CoolDownMs.ShouldBe(60_000);
        await RefusedAsync(member, "60");
        (await member.StatusAsync(Put("b"))).ShouldBe(201);
        (await HoldersOf(member).ReleaseAsync("-", "b", new TakeSeatRequest("r", 0), default)).Value!.CoolDownMs.ShouldBe(0);
        (await member.StatusAsync(Put("b"))).ShouldBe(201);
    }

    [Fact]
    public async Task The_cool_down_survives_a_restart()
    {
        await using (var member = await StartAsync())
        {
            (await member.StatusAsync(Put("a"))).ShouldBe(201);
            (await HoldersOf(member).ReleaseAsync("-", "a", new TakeSeatRequest("r", 300_000), default)).IsGood.ShouldBeTrue();
            await member.StopAsync();
        }

        await using var next = await TestMember.StartAsync(journal: _journal, time: _clock);
        (await next.AskAsync(Put("a"))).Status.ShouldBe(410);
        await _clock.AdvanceAsync(next, 301);
        (await next.StatusAsync(Put("a"))).ShouldBe(201);
    }

    [Fact]
    public async Task It_is_recorded_with_reason_and_who()
    {
        await using var member = await StartAsync();
        var events = new List<PoolEvent>();
        member.Member.Pools.OnDurable += (_, happened) => events.Add(happened);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        (await HoldersOf(member).ReleaseAsync("-", "a", new TakeSeatRequest("lost laptop", 0), default)).IsGood.ShouldBeTrue();
        var taken = events.OfType<SeatTaken>().Single();
        (taken.Node.Value, taken.Reason, taken.Stamp.Who).ShouldBe(("a", "lost laptop", _operator));
    }

    private async Task<TestMember> StartAsync()
    {
        var member = await TestMember.StartAsync(journal: _journal, time: _clock);
        await member.AddSeatsAsync(PoolName.Global, 1);
        return member;
    }

    private async Task RefusedAsync(TestMember member, string retryAfter)
    {
        var answer = await member.AskAsync(Put("a"));
        answer.ShouldBe(410, NoLicenses);
        answer["Retry-After"].ShouldBe(retryAfter);
    }

    private IHolders HoldersOf(TestMember member) =>
        new Administration(member.Member.Pools, _journal, _clock, () => _server, _operator).Holders;
}
