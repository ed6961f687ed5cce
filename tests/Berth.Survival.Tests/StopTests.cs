using Berth.Survival.Tests.Load;
using Berth.Survival.Tests.Processes;
using Berth.Testing.Processes;

namespace Berth.Survival.Tests;

/// <summary>A member that is asked to end does what it took in, answers it, and ends well.</summary>
public sealed class StopTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 3;
    private const int Connections = 32;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Site _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task Sigterm_under_load_loses_no_answer()
    {
        await _site.AddAsync(null, licenses: 4, seats: 10);
        var view = new ClientView(_site.SeatsByKey);
        var claimants = Enumerable.Range(0, 200).Select(node => new Claimant($"n{node}")).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            await using var member = await _site.ServeAsync(["--ttl", "1h"]);
            var load = new NodeLoad(view, claimants, Connections, round);
            var running = load.RunAsync(member.Port);
            await view.AfterAsync(1_000).WaitAsync(_patience);
            await member.SignalAsync("TERM");
            await running.WaitAsync(_patience);
            (await member.EndAsync()).ShouldBe(0, $"{member.Out}\n{member.Error}");
            output.WriteLine($"round {round}: {view.Summary}; {view.Unsure.Count} unsure");
            view.Violations.ShouldBeEmpty();

            // A connection may close before it reads a request: then nothing came of it. What was done was answered.
            var audit = await JournalAudit.ReadAsync(_site.Database);
            audit.Violations.ShouldBeEmpty();
            audit.Grants.ShouldBe(view.Count(201));
            audit.Releases.ShouldBe(view.Count(204));
            view.Held.Except(audit.Holders).ShouldBeEmpty();
        }
    }
}
