using Berth.Pools;
using Berth.Runtime.Audit;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Runtime.Tests.Pools;
using Berth.Testing;

namespace Berth.Runtime.Tests.Audit;

public sealed class CheckpointLogTests
{
    [Fact]
    public async Task One_is_written_each_minute_in_which_something_happened_and_one_at_the_end()
    {
        // No claim lapses while the minutes go by: that would be something that happens by itself, beside the ticks.
        await using var rig = await HostRig.StartAsync(new PoolHostOptions { ExplicitPolicy = PolicyException.None with { Heartbeats = false } });
        await rig.PoolAsync("cad", 3);
        var stop = new TaskCompletionSource();
        var running = Log(rig).RunAsync(stop.Task);
        (await CountAsync(rig)).ShouldBe(0);
        await TickAsync(rig, 1);
        await rig.ClaimAsync("cad", "a");
        await TickAsync(rig, 2);
        rig.Clock.Advance(CheckpointLog.Every);

        // Whether this minute's look finds it or the last one of all: it is written once.
        await rig.ClaimAsync("cad", "b");
        stop.SetResult();
        await running.WaitAsync(rig.Deadline);
        (await CountAsync(rig)).ShouldBe(3);
        (await AuditRig.VerifyAsync(rig.Store)).Flaw.ShouldBeNull();
    }

    [Fact]
    public async Task At_the_end_one_is_written_though_no_minute_has_gone_by()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("cad", 3);
        var stop = new TaskCompletionSource();
        var running = Log(rig).RunAsync(stop.Task);
        await rig.ClaimAsync("cad", "a");
        stop.SetResult();
        await running.WaitAsync(rig.Deadline);
        (await CountAsync(rig)).ShouldBe(1);
    }

    [Fact]
    public async Task Every_day_one_names_all_pools_however_long_they_rested()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("cad", 3);
        await rig.PoolAsync("idle", 1);
        var log = Log(rig);
        await log.WriteAsync();
        await rig.ClaimAsync("cad", "a");
        await log.WriteAsync();
        rig.Clock.Advance(CheckpointLog.NameAllEvery);
        await rig.ClaimAsync("cad", "b");
        await log.WriteAsync();
        var rows = await rig.Store.History.ReadCheckpointsAsync(0, 10);
        rows.Select(row => Checkpoint.Parse(row.Bytes.Span).Heads.Count(head => head.Pool.Value is "cad" or "idle")).ShouldBe([2, 1, 2]);
    }

    [Fact]
    public async Task A_pool_that_rested_and_is_missing_from_an_export_is_found()
    {
        var stamp = new Stamp(1, 1, Who.Nobody);
        var forged = await AuditRig.ForgedAsync(new PoolAdded("p", stamp), new LicenseAdded(new("l"), 1, null, stamp));
        var head = (await forged.History.ReadHeadsAsync(null, 10)).Single(each => each.Pool.Value == "p");
        var checkpoint = new Checkpoint(
            AuditRig.Cluster, 1, 5, new byte[32], AuditRig.Signer.PublicKey, 1, 1, 2, new byte[32],
            [new ChainHead(head.Pool, head.Head.Version, head.Head.Hash)]);
        var bytes = checkpoint.ToBytes();
        await forged.History.RecordKeyAsync(AuditRig.Signer.PublicKey, 1);
        await forged.History.AppendCheckpointAsync(new CheckpointRow(1, 5, bytes, AuditRig.Signer.Sign(bytes)));
        (await AuditRig.VerifyAsync(forged)).Flaw.ShouldNotBeNull().ShouldContain("counts 2 pools");
    }

    [Theory]
    [InlineData(Fault.ThrowBefore)]
    [InlineData(Fault.ThrowAfter)]
    public async Task One_that_cannot_be_written_is_made_up_for(Fault fault)
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("cad", 3);
        var log = Log(rig);
        rig.Journal.Next(JournalCall.Checkpoint, fault);
        await log.WriteAsync();
        rig.Log.Count("checkpoints cannot be written").ShouldBe(1);
        await rig.ClaimAsync("cad", "a");
        await log.WriteAsync();
        var verdict = await AuditRig.VerifyAsync(rig.Store);
        verdict.Flaw.ShouldBeNull();
        verdict.HeadsFound.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Two_that_write_at_the_same_time_never_name_a_head_that_goes_back()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("cad", 3);
        var (one, other) = (Log(rig), Log(rig));
        var reads = rig.Journal.Hold(JournalCall.Key);
        var writing = one.WriteAsync();
        await reads.Reached.WaitAsync(rig.Deadline);
        await rig.ClaimAsync("cad", "a");
        await other.WriteAsync();
        reads.Release();
        await writing.WaitAsync(rig.Deadline);
        rig.Log.Count("at the same time").ShouldBe(1);
        rig.Log.Count("cannot be written").ShouldBe(0);
        (await CountAsync(rig)).ShouldBe(1);
        await one.WriteAsync();
        (await CountAsync(rig)).ShouldBe(2);
        (await AuditRig.VerifyAsync(rig.Store)).Flaw.ShouldBeNull();
    }

    [Fact]
    public async Task Who_is_not_the_writer_writes_none_and_names_everything_once_it_is()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("cad", 3);
        var isWriter = true;
        var log = Log(rig, () => isWriter);
        await log.WriteAsync();
        isWriter = false;
        await rig.ClaimAsync("cad", "a");
        await log.WriteAsync();
        (await CountAsync(rig)).ShouldBe(1);
        await Log(rig).WriteAsync();
        isWriter = true;
        await rig.ClaimAsync("cad", "b");
        await log.WriteAsync();
        var rows = await rig.Store.History.ReadCheckpointsAsync(0, 10);
        Checkpoint.Parse(rows[^1].Bytes.Span).Heads.Count.ShouldBe(Checkpoint.Parse(rows[^1].Bytes.Span).Pools);
        (await AuditRig.VerifyAsync(rig.Store)).Flaw.ShouldBeNull();
    }

    [Fact]
    public async Task Another_process_goes_on_with_the_numbers_and_names_all_heads()
    {
        var rig = await HostRig.StartAsync();
        await rig.PoolAsync("cad", 3);
        await Log(rig).WriteAsync();
        await using var next = await rig.RestartAsync();
        await Log(next).WriteAsync();
        (await next.Store.History.ReadLastCheckpointAsync())!.Number.ShouldBe(2);
        (await AuditRig.VerifyAsync(next.Store)).Flaw.ShouldBeNull();
    }

    [Fact]
    public async Task A_history_that_was_rewritten_after_a_checkpoint_is_found()
    {
        var stamp = new Stamp(1, 1, Who.Nobody);
        var one = await AuditRig.ForgedAsync(new PoolAdded("p", stamp), new LicenseAdded(new("l"), 1, null, stamp));
        var other = await AuditRig.ForgedAsync(new PoolAdded("p", stamp), new LicenseAdded(new("l"), 2, null, stamp));
        await new CheckpointLog(one, AuditRig.Cluster, AuditRig.Signer, new FakeClock(), new RecordedLog(), () => true).WriteAsync();
        foreach (var row in await one.History.ReadCheckpointsAsync(0, 10))
        {
            await other.History.AppendCheckpointAsync(row);
        }

        await other.History.RecordKeyAsync(AuditRig.Key, 0);
        (await AuditRig.VerifyAsync(one)).Flaw.ShouldBeNull();
        (await AuditRig.VerifyAsync(other)).Flaw!.ShouldContain("a checkpoint names another hash at version 2 of pool p");
    }

    private static CheckpointLog Log(HostRig rig, Func<bool>? isWriter = null) =>
        new(rig.Journal, AuditRig.Cluster, AuditRig.Signer, rig.Clock, rig.Log, isWriter ?? (() => true));

    private static async Task<int> CountAsync(HostRig rig) => (await rig.Store.History.ReadCheckpointsAsync(0, 100)).Count;

    private static async Task TickAsync(HostRig rig, int expected)
    {
        rig.Clock.Advance(CheckpointLog.Every);
        await rig.UntilAsync(async () => await CountAsync(rig) == expected);
    }
}
