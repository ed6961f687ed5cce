using System.Text;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Routing;
using Berth.Server.Http;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>License bytes kept ready: current, and bounded.</summary>
public sealed class LicenseBodiesTests
{
    private static readonly LicenseId One = new("one");

    [Fact]
    public async Task A_license_is_read_once()
    {
        var reads = 0;
        var journal = Reading(id =>
        {
            reads++;
            return Row("k");
        });
        var bodies = new LicenseBodies(journal);
        Text(await bodies.GetAsync(One, Mark(1))).ShouldBe("{\"license_file\":\"Zg==\",\"license_key\":\"k\"");
        Text(await bodies.GetAsync(One, Mark(1))).ShouldBe("{\"license_file\":\"Zg==\",\"license_key\":\"k\"");
        reads.ShouldBe(1);
    }

    [Fact]
    public async Task A_missing_license_is_not_remembered()
    {
        LicenseRow? row = null;
        var bodies = new LicenseBodies(Reading(_ => row));
        (await bodies.GetAsync(One, Mark(1))).ShouldBeNull();
        row = Row("k");
        (await bodies.GetAsync(One, Mark(1))).ShouldNotBeNull();
    }

    [Fact]
    public async Task What_is_kept_is_bounded_and_what_is_used_stays()
    {
        var reads = new Dictionary<string, int>(StringComparer.Ordinal);
        var journal = new ScriptedJournal();
        var asked = "";
        journal.OnReadLicense = _ =>
        {
            reads[asked] = reads.GetValueOrDefault(asked) + 1;
            return new(new LicenseRow(new LicenseId(asked), PoolName.Global, new byte[768 * 1024], "k"));
        };
        var bodies = new LicenseBodies(journal);
        for (var i = 0; i < 200; i++)
        {
            foreach (var id in new[] { "used", $"other-{i}" })
            {
                asked = id;
                (await bodies.GetAsync(new LicenseId(id), Mark(1))).ShouldNotBeNull();
            }
        }

        reads["used"].ShouldBe(1);
        reads.Count.ShouldBe(201);
        for (var i = 199; i >= 0; i--)
        {
            asked = $"other-{i}";
            await bodies.GetAsync(new LicenseId(asked), Mark(1));
        }

        // Each takes a mebibyte; two generations of 32 and what goes beyond are the most that was there.
        reads.Values.Count(count => count == 1).ShouldBeInRange(30, 67);
    }

    [Fact]
    public async Task Another_mark_is_another_file_and_no_mark_is_read_each_time()
    {
        var reads = 0;
        var bodies = new LicenseBodies(Reading(_ => Row($"k{++reads}")));
        Text(await bodies.GetAsync(One, Mark(1))).ShouldContain("k1");
        Text(await bodies.GetAsync(One, Mark(2))).ShouldContain("k2");
        Text(await bodies.GetAsync(One, Mark(2))).ShouldContain("k2");
        Text(await bodies.GetAsync(One, new FileMark(new(7), 2))).ShouldContain("k3");
        Text(await bodies.GetAsync(One, default)).ShouldContain("k4");
        Text(await bodies.GetAsync(One, default)).ShouldContain("k5");
    }

    /// <summary>A file that was read for an old answer, and comes late, does not take the place of a newer one.</summary>
    [Fact]
    public async Task What_was_read_for_an_earlier_answer_is_not_handed_out_for_a_later_one()
    {
        var held = new TaskCompletionSource<LicenseRow?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var journal = new ScriptedJournal();
        journal.OnReadLicense = _ =>
        {
            asked.TrySetResult();
            return new(held.Task);
        };
        var bodies = new LicenseBodies(journal);
        var reading = bodies.GetAsync(One, Mark(1));
        await asked.Task;
        journal.OnReadLicense = _ => new(Row("new"));
        Text(await bodies.GetAsync(One, Mark(2))).ShouldContain("new");
        held.SetResult(Row("old"));
        Text(await reading).ShouldContain("old");
        Text(await bodies.GetAsync(One, Mark(2))).ShouldContain("new");
    }

    [Fact]
    public async Task A_license_added_again_goes_out_with_its_new_file()
    {
        await using var member = await TestMember.StartAsync();
        await member.AddLicenseAsync(PoolName.Global, "one", "old key", [1]);
        (await member.AskAsync(Put("a"))).Text.ShouldContain("\"AQ==\",\"license_key\":\"old key\"");
        (await member.StatusAsync(Delete("a"))).ShouldBe(204);
        await member.RemoveLicenseAsync(PoolName.Global, "one");
        (await member.StatusAsync(Put("a"))).ShouldBe(410);
        await member.AddLicenseAsync(PoolName.Global, "one", "new key", [2]);
        (await member.AskAsync(Put("a"))).Text.ShouldContain("\"Ag==\",\"license_key\":\"new key\"");
    }

    /// <summary>The answer to a claim reads the file while the license is taken out and, once released, added again.</summary>
    [Fact]
    public async Task A_license_removed_while_its_answer_was_under_way_goes_out_with_its_new_file()
    {
        var journal = new ScriptedJournal();
        await using var member = await TestMember.StartAsync(journal: journal);
        await member.AddLicenseAsync(PoolName.Global, "one", "old key", [1]);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        journal.OnReadLicense = async read =>
        {
            asked.TrySetResult();
            await goOn.Task;
            return await read();
        };
        var claim = member.AskAsync(Put("a"));
        await asked.Task;
        await member.RemoveLicenseAsync(PoolName.Global, "one");
        var late = member.AskAsync(Put("a", "Prefer: return=representation"));
        goOn.SetResult();
        (await claim).Text.ShouldContain("\"AQ==\",\"license_key\":\"old key\"");
        (await late).Status.ShouldBe(410);
        (await member.StatusAsync(Delete("a"))).ShouldBe(204);
        await member.AddLicenseAsync(PoolName.Global, "one", "new key", [2]);
        (await member.AskAsync(Put("a"))).Text.ShouldContain("\"Ag==\",\"license_key\":\"new key\"");
    }

    private static FileMark Mark(long number) => new(default, number);

    private static ScriptedJournal Reading(Func<LicenseId, LicenseRow?> read) => new() { OnReadLicense = _ => new(read(One)) };

    private static LicenseRow Row(string key) => new(One, PoolName.Global, "f"u8.ToArray(), key);

    private static string Text(byte[]? body) => Encoding.UTF8.GetString(body.ShouldNotBeNull());
}
