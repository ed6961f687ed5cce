using Berth.Pools;
using Berth.Runtime.Audit;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Runtime.Tests.Pools;
using Berth.Testing;

namespace Berth.Runtime.Tests.Audit;

public sealed class HistoryRetentionTests
{
    private static readonly RetentionLimits _tenDays = new(TimeSpan.FromDays(10), 0);

    [Fact]
    public async Task What_is_older_than_the_limit_is_cut_and_the_rest_is_still_proven()
    {
        await using var rig = await AgedAsync();
        var before = await Replayed.FromAsync(rig.Store, new("cad"));
        await Retention(rig).PassAsync(default);

        var head = (await rig.Store.History.ReadHeadsAsync(null, 10)).Single(head => head.Pool.Value == "cad");
        head.Base.Version.ShouldBeInRange(5, before.Version - 1);
        (await rig.Store.ReadAsync(new("cad"), 0, 1))[0].FirstVersion.ShouldBe(head.Base.Version + 1);
        var verdict = await AuditRig.VerifyAsync(rig.Journal);
        verdict.Flaw.ShouldBeNull();
        var proof = verdict.Pools.Single(pool => pool.Pool == "cad");
        (proof.From, proof.Active, proof.Seats).ShouldBe((head.Base.Version + 1, before.ClaimCount, before.SeatCount));
        verdict.Checkpoints.ShouldBe(1);
    }

    [Fact]
    public async Task A_member_that_starts_after_a_cut_knows_what_it_knew()
    {
        var rig = await AgedAsync();
        await Retention(rig).PassAsync(default);
        var held = (await rig.SummaryAsync("cad")).Held;
        await using var next = await rig.RestartAsync();
        (await next.SummaryAsync("cad")).Held.ShouldBe(held);
        (await next.HoldsAsync("cad", "old-1")).ShouldBeTrue();
        (await next.HoldsAsync("cad", "new-1")).ShouldBeTrue();
        (await next.ClaimAsync("cad", "later")).ShouldBeOfType<Granted>();
        (await AuditRig.VerifyAsync(next.Journal)).Flaw.ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_young_is_cut_and_a_second_pass_does_nothing()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("cad", 3);
        await rig.ClaimAsync("cad", "a");
        rig.Clock.Jump(TimeSpan.FromDays(10.9));
        await Retention(rig).PassAsync(default);
        rig.Journal.Count(JournalCall.Base).ShouldBe(0);
        rig.Clock.Jump(TimeSpan.FromDays(0.2));
        await Retention(rig).PassAsync(default);
        var bases = rig.Journal.Count(JournalCall.Base);
        bases.ShouldBeGreaterThan(0);
        await Retention(rig).PassAsync(default);
        rig.Journal.Count(JournalCall.Base).ShouldBe(bases);
        (await AuditRig.VerifyAsync(rig.Journal)).Flaw.ShouldBeNull();
    }

    [Theory]
    [InlineData(JournalCall.Base, Fault.NotWritten)]
    [InlineData(JournalCall.Base, Fault.ThrowBefore)]
    [InlineData(JournalCall.Base, Fault.ThrowAfter)]
    [InlineData(JournalCall.Base, Fault.Fenced)]
    [InlineData(JournalCall.Append, Fault.NotWritten)]
    [InlineData(JournalCall.Append, Fault.ThrowBefore)]
    [InlineData(JournalCall.Append, Fault.ThrowAfter)]
    [InlineData(JournalCall.Cut, Fault.NotWritten)]
    [InlineData(JournalCall.Cut, Fault.ThrowBefore)]
    [InlineData(JournalCall.Cut, Fault.ThrowAfter)]
    [InlineData(JournalCall.Cut, Fault.Fenced)]
    public async Task Wherever_it_ends_nothing_is_lost_and_the_next_pass_finishes_it(JournalCall call, Fault fault)
    {
        var rig = await AgedAsync();
        var before = await Replayed.FromAsync(rig.Store, new("cad"));
        rig.Journal.Otherwise = (now, pool) => now == call && pool.Value == "cad" ? fault : Fault.None;
        await Retention(rig).PassAsync(default);
        (await AuditRig.VerifyAsync(rig.Store)).Flaw.ShouldBeNull();

        // The process is gone; another goes on.
        rig.Journal.Otherwise = null;
        await using var next = await rig.RestartAsync();
        await SameAsync(next, before);
        await next.SummaryAsync("cad");
        (await AuditRig.VerifyAsync(next.Store)).Flaw.ShouldBeNull();
        await Retention(next).PassAsync(default);
        await SameAsync(next, before);
        var head = (await next.Store.History.ReadHeadsAsync(null, 10)).Single(head => head.Pool.Value == "cad");
        head.Base.Version.ShouldBeGreaterThan(4);
        (await next.Store.ReadAsync(new("cad"), 0, 1))[0].FirstVersion.ShouldBe(head.Base.Version + 1);
        (await AuditRig.VerifyAsync(next.Store)).Flaw.ShouldBeNull();
    }

    [Fact]
    public async Task A_deletion_that_was_not_finished_is_by_the_next_member()
    {
        var rig = await AgedAsync(claims: HistoryRetention.RowsAtOnce + 50);
        rig.Journal.Next(JournalCall.Cut, Fault.None, Fault.None, Fault.ThrowBefore, Fault.ThrowBefore);
        await Retention(rig).PassAsync(default);
        var left = await rig.Store.History.MeasureAsync();
        await using var next = await rig.RestartAsync();
        await next.SummaryAsync("cad");
        await Retention(next).PassAsync(default);
        (await next.Store.History.MeasureAsync()).ShouldBeLessThan(left);
        (await AuditRig.VerifyAsync(next.Store)).Flaw.ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_is_cut_while_somebody_exports()
    {
        await using var rig = await AgedAsync();
        using var gate = new HistoryGate();
        var version = (await rig.SummaryAsync("cad")).Version;
        using (await gate.ReadAsync(default))
        {
            await Retention(rig, gate: gate).PassAsync(default);
            (await rig.SummaryAsync("cad")).Version.ShouldBe(version);
            rig.Journal.Count(JournalCall.Cut).ShouldBe(0);
        }

        await Retention(rig, gate: gate).PassAsync(default);
        rig.Journal.Count(JournalCall.Cut).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_store_above_its_size_loses_the_oldest_though_they_are_young()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("cad", 1);
        await new CheckpointLog(rig.Store, AuditRig.Cluster, AuditRig.Signer, rig.Clock, rig.Log, () => true).WriteAsync();
        for (var i = 0; i < RetentionLimits.LeastEvents; i++)
        {
            await rig.ClaimAsync("cad", $"n{i}");
            await rig.ReleaseAsync("cad", $"n{i}");
        }

        var used = await rig.Store.History.MeasureAsync();
        await Retention(rig, new RetentionLimits(TimeSpan.Zero, used)).PassAsync(default);
        (await rig.Store.History.MeasureAsync()).ShouldBe(used);
        await Retention(rig, new RetentionLimits(TimeSpan.Zero, used * 9 / 10)).PassAsync(default);
        (await rig.Store.History.MeasureAsync()).ShouldBeInRange(used / 10 * 6, used / 10 * 9);
        (await AuditRig.VerifyAsync(rig.Store)).HeadsCutOff.ShouldBe(1);
        var tiny = new RetentionLimits(TimeSpan.Zero, 1);
        await Retention(rig, tiny).PassAsync(default);
        var head = (await rig.Store.History.ReadHeadsAsync(null, 10)).Single(head => head.Pool.Value == "cad");
        (head.Head.Version - head.Base.Version).ShouldBeGreaterThanOrEqualTo(RetentionLimits.LeastEvents);
        (await AuditRig.VerifyAsync(rig.Store)).Flaw.ShouldBeNull();
    }

    [Fact]
    public async Task A_base_that_was_changed_in_the_store_is_found()
    {
        await using var rig = await AgedAsync();
        await Retention(rig).PassAsync(default);
        var lines = AuditRig.Lines(await AuditRig.ExportAsync(rig.Store));
        var place = lines.FindIndex(line => line.Contains("\"basePart\"", StringComparison.Ordinal) && line.Contains("\"cad\"", StringComparison.Ordinal));
        var bytes = Convert.FromBase64String(System.Text.Json.JsonDocument.Parse(lines[place]).RootElement.GetProperty("bytes").GetString()!);
        var text = System.Text.Encoding.Latin1.GetString(bytes).Replace("old-1", "old-x", StringComparison.Ordinal);
        using var again = new AuditLines();
        lines[place] = System.Text.Encoding.UTF8.GetString(again.Base(new("cad"), 1, 1, System.Text.Encoding.Latin1.GetBytes(text)).Span).TrimEnd('\n');
        var verdict = await AuditRig.VerifyAsync(AuditRig.Joined(lines));
        verdict.Flaw!.ShouldContain("no event of pool cad says that its history was cut");
    }

    [Fact]
    public async Task Old_denials_and_checkpoints_go_with_the_history()
    {
        await using var rig = await AgedAsync();
        await rig.Store.RecordDenialsAsync([new DenialCount(new("cad"), "all-held", new("n"), 1, 1, 1)]);
        var now = rig.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        await rig.Store.RecordDenialsAsync([new DenialCount(new("cad"), "all-held", new("m"), 1, now, now)]);
        await Retention(rig).PassAsync(default);
        (await rig.Store.ReadDenialsAsync(new("cad"), null, 10)).ShouldHaveSingleItem().Node.Value.ShouldBe("m");
        (await rig.Store.History.ReadCheckpointsAsync(0, 10)).ShouldHaveSingleItem();
    }

    private static HistoryRetention Retention(HostRig rig, RetentionLimits? limits = null, HistoryGate? gate = null) =>
        new(rig.Host, rig.Journal, gate ?? new HistoryGate(), limits ?? _tenDays, rig.Clock, rig.Log, () => true);

    /// <summary>A pool with events twenty days old and others of today, and checkpoints of both days.</summary>
    private static async Task<HostRig> AgedAsync(int claims = 5)
    {
        var rig = await HostRig.StartAsync(new PoolHostOptions { ExplicitPolicy = new PolicyException(null, null, false) });
        await rig.PoolAsync("cad", claims + 10);
        for (var i = 0; i < claims; i++)
        {
            await rig.ClaimAsync("cad", $"old-{i}");
        }

        var log = new CheckpointLog(rig.Store, AuditRig.Cluster, AuditRig.Signer, rig.Clock, rig.Log, () => true);
        await log.WriteAsync();
        await rig.ReleaseAsync("cad", "old-0");
        await log.WriteAsync();
        rig.Clock.Jump(TimeSpan.FromDays(20));
        for (var i = 0; i < 4; i++)
        {
            await rig.ClaimAsync("cad", $"new-{i}");
        }

        await log.WriteAsync();
        return rig;
    }

    private static async Task SameAsync(HostRig rig, PoolState before)
    {
        var now = await Replayed.NewestAsync(rig.Store, new("cad"));
        (now.ClaimCount, now.SeatCount, now.Grants).ShouldBe((before.ClaimCount, before.SeatCount, before.Grants));
        now.Claims.Select(claim => (claim.Node.Value, claim.Number, claim.Version)).Order()
            .ShouldBe(before.Claims.Select(claim => (claim.Node.Value, claim.Number, claim.Version)).Order());
    }
}
