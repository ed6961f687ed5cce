using System.Security.Cryptography;
using Berth.Survival.Tests.Load;
using Berth.Survival.Tests.Processes;
using Berth.Testing.Processes;

namespace Berth.Survival.Tests;

/// <summary>A member that is killed again and again under load keeps each acknowledged claim and gives no seat twice.</summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 9;
    private const int Connections = 32;
    private const int Nodes = 200;
    private const string Seed = "BERTH_SEED";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Site _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task Every_acknowledged_claim_survives_sigkill_and_no_seat_is_held_twice()
    {
        var seed = Environment.GetEnvironmentVariable(Seed) is { } given ? int.Parse(given) : RandomNumberGenerator.GetInt32(int.MaxValue);
        output.WriteLine($"{Seed}={seed}");
        var random = new Random(seed);
        await _site.AddAsync(null, licenses: 4, seats: 10);
        await _site.AddAsync("blue", licenses: 20, seats: 1);
        var view = new ClientView(_site.SeatsByKey);
        var claimants = Enumerable.Range(0, Nodes).SelectMany(node => new Claimant[] { new($"n{node}"), new($"n{node}", "blue") }).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            if (round % 3 == 2)
            {
                await KillWhileStartingAsync();
            }

            await using var member = await _site.ServeAsync(["--ttl", "1h"]);
            await CheckHeldAsync(view, member.Port);
            var load = new NodeLoad(view, claimants, Connections, random.Next());
            var killed = KillAsync(member, view.AfterAsync(random.Next(200, 4_000)));
            await load.RunAsync(member.Port).WaitAsync(_patience);
            await killed;
            output.WriteLine($"round {round}: {view.Summary}; {view.Held.Count} held, {view.Unsure.Count} unsure");
            view.Violations.ShouldBeEmpty($"{Seed}={seed}");
        }

        await using (var last = await _site.ServeAsync(["--ttl", "1h"]))
        {
            await CheckHeldAsync(view, last.Port);
            await last.KillAsync();
        }

        await CheckJournalAsync(view);
    }

    private static async Task KillAsync(LiveMember member, Task moment)
    {
        await moment.WaitAsync(_patience);
        await member.KillAsync();
    }

    /// <summary>A start that is cut off as soon as it listens, maybe with pools half open.</summary>
    private async Task KillWhileStartingAsync()
    {
        await using var member = _site.Launch();
        await member.Out.WaitForAsync("  store ");
        await member.KillAsync();
    }

    /// <summary>After a start the first renewal of each claim carries its license, which may have been lost; the next does not.</summary>
    private static async Task CheckHeldAsync(ClientView view, int port)
    {
        var held = view.Held;
        await Task.WhenAll(held.Select(claimant => CheckHeldAsync(view, port, claimant)));
        view.Violations.ShouldBeEmpty();
        view.Held.Count.ShouldBe(held.Count);
    }

    private static async Task CheckHeldAsync(ClientView view, int port, Claimant claimant)
    {
        var first = await Wire.PutAsync(port, claimant);
        view.Claimed(claimant, first);
        first.Status.ShouldBe(202, claimant.ToString());
        first.Text.ShouldContain("\"license_file\":\"", customMessage: claimant.ToString());
        var second = await Wire.PutAsync(port, claimant);
        view.Claimed(claimant, second);
        second.Text.ShouldStartWith("{\"expires_at\":");
    }

    private async Task CheckJournalAsync(ClientView view)
    {
        var audit = await JournalAudit.ReadAsync(_site.Database);
        output.WriteLine($"journal: {audit.Grants} grants, {audit.Releases} releases, {audit.Holders.Count} holders");
        audit.Violations.ShouldBeEmpty();
        audit.Expiries.ShouldBe(0);
        view.Held.Except(audit.Holders).ShouldBeEmpty();
        audit.Holders.Except(view.Held).Except(view.Unsure).ShouldBeEmpty();
        audit.Grants.ShouldBeGreaterThanOrEqualTo(view.Count(201));
        audit.Releases.ShouldBeGreaterThanOrEqualTo(view.Count(204));
    }
}
