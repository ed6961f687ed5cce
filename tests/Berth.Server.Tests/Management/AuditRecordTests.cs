using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Audit;
using Berth.Runtime.Journal;
using Berth.Server.Audit;
using Berth.Server.Management;
using Berth.Testing;
using Berth.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Server.Tests.Management;

/// <summary>The record of a member, in its process and through its socket.</summary>
public sealed class AuditRecordTests : IDisposable
{
    private static readonly AuditTrust _anybody = new(MemberKeyFile.Check, []);

    private readonly TestFolder _folder = new();
    private readonly MemoryJournal _journal = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Events_are_listed_the_newest_first_page_by_page()
    {
        await using var member = await WithThreeAsync();
        await AskedAsync(member, async audit =>
        {
            var events = new List<AuditEntry>();
            string? next = null;
            do
            {
                var page = (await audit.ListAsync(new AuditQuery("p"), next, 2, default)).Value!;
                events.AddRange(page.Events);
                next = page.Next;
            }
            while (next is not null);
            events.Select(happened => (happened.Version, happened.License)).ShouldBe([(4, "l3"), (3, "l2"), (2, "l1"), (1, null)]);
            events[0].Event.ShouldBe("license.added");
            var found = (await audit.ListAsync(new AuditQuery(License: "l2", Event: "license.added"), null, 10, default)).Value!;
            (found.Events.Single().Version, found.Next).ShouldBe((3, null));
            (await audit.ListAsync(new AuditQuery(Node: "n"), null, 10, default)).Value!.Events.ShouldBeEmpty();
            (await audit.ListAsync(new AuditQuery("gone"), null, 10, default)).Problem!.Code.ShouldBe(ProblemCodes.PoolNotFound);
            (await audit.ListAsync(new AuditQuery(Event: "gone"), null, 10, default)).Problem!.Code.ShouldBe(ProblemCodes.InvalidRequest);
            (await audit.ListAsync(new AuditQuery(), "x", 10, default)).Problem!.Code.ShouldBe(ProblemCodes.InvalidRequest);
        });
    }

    [Fact]
    public async Task An_export_is_whole_signed_and_proven()
    {
        await using var member = await WithThreeAsync();
        await AskedAsync(member, async audit =>
        {
            using var target = new MemoryStream();
            (await audit.ExportAsync(target, default)).Value!.Bytes.ShouldBe(target.Length);
            target.Position = 0;
            var verdict = await AuditVerifier.VerifyAsync(target, _anybody, default);
            verdict.Flaw.ShouldBeNull();
            verdict.PublicKey!.Value.ToArray().ShouldBe(member.Member.Audit.Signer()!.PublicKey.ToArray());
            verdict.Pools.Single(pool => pool.Pool == "p").Seats.ShouldBe(3);
        });
    }

    [Fact]
    public async Task A_member_that_stops_leaves_a_checkpoint_of_all_it_wrote()
    {
        await using (var member = await WithThreeAsync())
        {
            (await _journal.History.ReadLastCheckpointAsync()).ShouldBeNull();
        }

        (await _journal.History.ReadLastCheckpointAsync())!.Number.ShouldBe(1);
        (await _journal.History.ReadKeysAsync()).Count.ShouldBe(1);
        using var target = new MemoryStream();
        await AuditExport.WriteAsync(_journal, "memory", MemberKeyFile.Open(_folder.File("x.key"), NullLogger.Instance), TimeProvider.System, target, default);
        target.Position = 0;
        var verdict = await AuditVerifier.VerifyAsync(target, _anybody, default);
        (verdict.Flaw, verdict.Checkpoints, verdict.HeadsFound).ShouldBe((null, 1, 1));
    }

    private async Task<TestMember> WithThreeAsync()
    {
        var signer = MemberKeyFile.Open(_folder.File("x.key"), NullLogger.Instance);
        var member = await TestMember.StartAsync(journal: _journal, signer: signer);
        await member.AddSeatsAsync(new PoolName("p"), 3, "l");
        return member;
    }

    private async Task AskedAsync(TestMember member, Func<IAudit, Task> ask)
    {
        var inside = new Administration(member.Member.Pools, _journal, TimeProvider.System, () => null!, Who.Nobody) { AuditSource = member.Member.Audit };
        await ask(inside.Audit);
        await ask(inside.As(new Who("admin", null, null, null)).Audit);
        var socket = _folder.File("x.sock");
        await using var listener = await ManagementListener.StartAsync(inside, socket, NullLoggerFactory.Instance);
        using var client = new ManagementClient(socket, TimeProvider.System);
        await ask(client.Audit);
    }
}
