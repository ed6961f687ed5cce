using Berth.Survival.Tests.Load;
using Berth.Survival.Tests.Processes;
using Berth.Testing;
using Berth.Testing.Processes;

namespace Berth.Survival.Tests;

/// <summary>A disk that fills stops new claims, politely, and nothing else; nothing is lost, and with space they go on.</summary>
public sealed class FullDiskTests(ITestOutputHelper output) : IDisposable
{
    private const int Seats = 20_000;
    private const int Holders = 10;
    private const int MostUntilFull = 5_000;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly TestFolder _mounts = new();
    private readonly List<Claimant> _granted = [];

    public void Dispose() => _mounts.Dispose();

    [Fact]
    public async Task A_full_disk_refuses_claims_keeps_renewing_and_loses_nothing()
    {
        await using var disk = await SmallDisk.MountAsync(_mounts.File("disk"), "8m");
        using var site = new Site(disk.Folder);
        await site.AddAsync(null, licenses: 1, seats: Seats);
        await using (var member = await site.ServeAsync(["--ttl", "1h"]))
        {
            await using var wire = await member.ConnectAsync();
            (await ClaimUntilAsync(wire, "early", Holders)).ShouldBeNull();
            for (var time = 0; time < 2; time++)
            {
                disk.Fill();
                var refused = await ClaimUntilAsync(wire, $"full{time}-", MostUntilFull);
                refused.ShouldNotBeNull($"{MostUntilFull} claims fitted on a full disk");
                output.WriteLine($"full after {_granted.Count} claims: {refused.StatusLine} {refused.Text}");
                refused.Status.ShouldBe(503);
                refused["Retry-After"].ShouldBe("1");
                await RenewAllAsync(wire);
                (await wire.AskAsync(Wire.Request("PUT", new Claimant("late")))).Status.ShouldBe(503);
                disk.Free();
                await ClaimAgainAsync(wire, new Claimant($"freed{time}"));
            }

            await RenewAllAsync(wire);
            await member.KillAsync();
        }

        await using (var member = await site.ServeAsync(["--ttl", "1h"]))
        {
            await using var wire = await member.ConnectAsync();
            await RenewAllAsync(wire);
        }

        var audit = await JournalAudit.ReadAsync(site.Database);
        audit.Violations.ShouldBeEmpty();
        _granted.Except(audit.Holders).ShouldBeEmpty();
    }

    /// <summary>Claims for new nodes until one is refused, which is returned.</summary>
    private async Task<RawAnswer?> ClaimUntilAsync(RawHttp wire, string prefix, int most)
    {
        for (var node = 0; node < most; node++)
        {
            var claimant = new Claimant($"{prefix}{node}");
            var answer = await wire.AskAsync(Wire.Request("PUT", claimant));
            if (answer.Status != 201)
            {
                return answer;
            }

            _granted.Add(claimant);
        }

        return null;
    }

    /// <summary>There is space again: at the latest after what Retry-After says, a claim is granted.</summary>
    private async Task ClaimAgainAsync(RawHttp wire, Claimant claimant)
    {
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        RawAnswer answer;
        while ((answer = await wire.AskAsync(Wire.Request("PUT", claimant))).Status == 503)
        {
            await retry.WaitForNextTickAsync(limit.Token);
        }

        answer.Status.ShouldBe(201);
        _granted.Add(claimant);
    }

    private async Task RenewAllAsync(RawHttp wire)
    {
        foreach (var holder in _granted)
        {
            (await wire.AskAsync(Wire.Request("PUT", holder))).Status.ShouldBe(202, holder.ToString());
        }
    }
}
