using System.Text;
using System.Text.Json;
using Berth.Pools;
using Berth.Runtime.Audit;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Runtime.Tests.Journal;
using Berth.Runtime.Tests.Pools;
using Berth.Testing;

namespace Berth.Runtime.Tests.Audit;

public sealed class AuditExportTests
{
    [Fact]
    public async Task What_happened_is_exported_and_proven()
    {
        await using var rig = await BusyAsync();
        var export = await AuditRig.ExportAsync(rig.Journal);
        var verdict = await AuditRig.VerifyAsync(export);
        verdict.Flaw.ShouldBeNull();
        (verdict.Cluster, verdict.Pinned, verdict.Checkpoints).ShouldBe((AuditRig.Cluster, false, 2));
        verdict.HeadsFound.ShouldBeGreaterThan(2);
        verdict.Lines.ShouldBe(AuditRig.Lines(export).Count);
        var pool = verdict.Pools.Single(pool => pool.Pool == "cad");
        (pool.From, pool.Grants, pool.Peak, pool.PeakSeats, pool.Active, pool.Seats).ShouldBe((1, 3, 2, 2, 1, 2));
        pool.PeakMs.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Lines_name_events_as_relay_does_and_who_asked()
    {
        await using var rig = await BusyAsync();
        var events = AuditRig.Lines(await AuditRig.ExportAsync(rig.Journal)).Where(line => line.Contains("\"event\"", StringComparison.Ordinal))
            .Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.GetProperty("pool").GetString() == "cad").ToList();
        events.Select(line => line.GetProperty("event").GetString()).Distinct().ShouldBe(
            ["pool.added", "license.added", "policy.adopted", "license.leased", "license.released", "seat.taken"]);
        var leased = events.First(line => line.GetProperty("event").GetString() == "license.leased");
        leased.GetProperty("action").GetString().ShouldBe("OUT");
        leased.GetProperty("node").GetString().ShouldBe("n1");
        leased.GetProperty("user").GetString().ShouldBe("zoë");
        leased.GetProperty("time").GetString()!.ShouldStartWith("2026-01-02T");
        events[^1].GetProperty("action").GetString().ShouldBe("IN");
        events[^1].GetProperty("reason").GetString().ShouldBe("left \"open\"");
    }

    [Fact]
    public async Task Any_changed_byte_is_found_in_its_line()
    {
        await using var rig = await BusyAsync();
        var export = await AuditRig.ExportAsync(rig.Journal);
        for (var place = 0; place < export.Length; place++)
        {
            var line = 1 + export.AsSpan(0, place).Count((byte)'\n');
            foreach (var other in new[] { (byte)(export[place] ^ 1), (byte)(export[place] ^ 0x20) })
            {
                var changed = (byte[])export.Clone();
                changed[place] = other;
                var verdict = await AuditRig.VerifyAsync(changed);
                verdict.Flaw.ShouldNotBeNull($"byte {place} of line {line}: {(char)export[place]} as {(char)other}");
                if (line > 1 && export[place] != '\n')
                {
                    verdict.FlawLine.ShouldBe(line, verdict.Flaw);
                }
            }
        }
    }

    [Fact]
    public async Task A_line_missing_added_or_moved_is_found()
    {
        await using var rig = await BusyAsync();
        var lines = AuditRig.Lines(await AuditRig.ExportAsync(rig.Journal));
        (await AuditRig.VerifyAsync(AuditRig.Joined(lines))).Flaw.ShouldBeNull();
        for (var i = 0; i < lines.Count; i++)
        {
            await FailsAsync(lines.Where((_, line) => line != i), $"without line {i + 1}");
            await FailsAsync(lines.Take(i), $"cut off at line {i + 1}");
            for (var j = 0; j <= lines.Count; j++)
            {
                var added = new List<string>(lines);
                added.Insert(j, lines[i]);
                await FailsAsync(added, $"line {i + 1} also at {j + 1}");
                var moved = new List<string>(lines);
                moved.RemoveAt(i);
                moved.Insert(Math.Min(j, moved.Count), lines[i]);
                if (!moved.SequenceEqual(lines))
                {
                    await FailsAsync(moved, $"line {i + 1} moved to {j + 1}");
                }
            }
        }

        await FailsAsync([], "empty");
        (await AuditRig.VerifyAsync(AuditRig.Joined(lines)[..^1])).Flaw.ShouldNotBeNull();
        (await AuditRig.VerifyAsync([.. AuditRig.Joined(lines), (byte)' '])).Flaw.ShouldNotBeNull();
    }

    [Fact]
    public async Task Cutting_a_field_off_a_line_is_found()
    {
        await using var rig = await BusyAsync();
        var lines = AuditRig.Lines(await AuditRig.ExportAsync(rig.Journal));
        for (var i = 1; i < lines.Count; i++)
        {
            using var document = JsonDocument.Parse(lines[i]);
            foreach (var field in document.RootElement.EnumerateObject())
            {
                var others = document.RootElement.EnumerateObject().Where(other => other.Name != field.Name).Select(other => other.ToString());
                var changed = new List<string>(lines) { [i] = "{" + string.Join(',', others) + "}" };
                await FailsAsync(changed, $"line {i + 1} without {field.Name}");
            }
        }
    }

    [Fact]
    public async Task Lines_of_an_event_chained_anew_are_found_by_the_signature_or_a_checkpoint()
    {
        await using var rig = await BusyAsync();
        var state = await Replayed.FromAsync(rig.Store, new("cad"));
        var forged = await AuditRig.ForgedAsync(new PoolAdded("p", new Stamp(1, 1, Who.Nobody)));
        foreach (var row in await rig.Store.History.ReadCheckpointsAsync(0, 10))
        {
            await forged.History.AppendCheckpointAsync(row);
        }

        await forged.History.RecordKeyAsync(AuditRig.Key, 0);
        (await AuditRig.VerifyAsync(forged)).Flaw!.ShouldContain("events are missing");
        state.Version.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task Only_the_pinned_key_counts_where_one_is()
    {
        await using var rig = await BusyAsync();
        byte[] other = [.. Enumerable.Repeat((byte)9, 32)];
        var export = await AuditRig.ExportAsync(rig.Journal);
        var pinned = AuditRig.Trust with { Pinned = [AuditRig.Key] };
        var wrong = AuditRig.Trust with { Pinned = [other] };
        (await AuditRig.VerifyAsync(export, pinned)).Pinned.ShouldBeTrue();
        (await AuditRig.VerifyAsync(export, pinned)).Flaw.ShouldBeNull();
        (await AuditRig.VerifyAsync(export, wrong)).Flaw!.ShouldContain("not the one that is trusted");
        using var unsigned = new MemoryStream();
        await AuditExport.WriteAsync(rig.Journal, AuditRig.Cluster, null, rig.Clock, unsigned, default);
        (await AuditRig.VerifyAsync(unsigned.ToArray())).Flaw.ShouldBeNull();
        (await AuditRig.VerifyAsync(unsigned.ToArray(), pinned)).Flaw!.ShouldContain("not signed");
        var byAnother = await AuditRig.ExportAsync(rig.Journal, AuditRig.SignerOf(other));
        (await AuditRig.VerifyAsync(byAnother)).Flaw.ShouldBeNull();
        (await AuditRig.VerifyAsync(byAnother, wrong)).Flaw!.ShouldContain("which is not trusted");
    }

    [Fact]
    public async Task Every_kind_of_event_has_a_line_that_is_written_the_same_again()
    {
        using var lines = new AuditLines();
        foreach (var (name, happened) in EventSamples.All)
        {
            var bytes = EventSamples.Bytes(happened);
            var once = lines.Event(new("p"), 3, happened, bytes, AuditRig.Key).ToArray();
            lines.Event(new("p"), 3, EventCodec.Read(bytes), bytes, AuditRig.Key).ToArray().ShouldBe(once, name);
            AuditEvents.Names.ShouldContain(JsonDocument.Parse(once).RootElement.GetProperty("event").GetString());
        }

        await Task.CompletedTask;
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("{}\n")]
    [InlineData("{\"berthAudit\":2}\n")]
    [InlineData("{\"berthAudit\":\"x\"}\n")]
    [InlineData("[]\n")]
    [InlineData("{\"berthAudit\":1,\"pools\":[{}]}\n")]
    public async Task What_is_no_export_is_a_flaw_of_line_1(string text)
    {
        var verdict = await AuditRig.VerifyAsync(Encoding.UTF8.GetBytes(text));
        (verdict.IsProven, verdict.FlawLine).ShouldBe((false, 1));
    }

    private static async Task FailsAsync(IEnumerable<string> lines, string how) =>
        (await AuditRig.VerifyAsync(AuditRig.Joined(lines))).Flaw.ShouldNotBeNull(how);

    /// <summary>Two pools with a little of everything, and two checkpoints.</summary>
    private static async Task<HostRig> BusyAsync()
    {
        var rig = await HostRig.StartAsync();
        await rig.PoolAsync("cad", 2);
        var log = new CheckpointLog(rig.Journal, AuditRig.Cluster, AuditRig.Signer, rig.Clock, rig.Log, () => true);
        await rig.SendAsync("cad", new ClaimSeat(new("n1"), new Who("node", "192.0.2.1", "zoë", "h1"), "key-1"));
        await rig.ClaimAsync("cad", "n2");
        await log.WriteAsync();
        await rig.ReleaseAsync("cad", "n1");
        await rig.ClaimAsync("cad", "n3");
        await rig.SendAsync("cad", new TakeSeat(new("n2"), "left \"open\"", 1000, new Who("operator", null, null, null)));
        await rig.SendAsync("-", new SetClusterPolicy(new Policy(TimeSpan.FromSeconds(90), Strategy.Lifo, true), Who.Nobody));
        await log.WriteAsync();
        await log.WriteAsync();
        return rig;
    }
}
