using Berth.Protocol;
using Berth.Survival.Tests.Load;
using Berth.Survival.Tests.Processes;
using Berth.Testing.Processes;
using Berth.Testing;

namespace Berth.Survival.Tests;

/// <summary>Many at once: never more holders than seats, and a node is one node however often it asks.</summary>
public sealed class RaceTests(ITestOutputHelper output) : IDisposable
{
    private const int Nodes = 1_000;
    private const int Seats = 20;
    private const int Askers = 48;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Site _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task A_thousand_nodes_race_for_twenty_seats()
    {
        await _site.AddAsync(null, licenses: 2, seats: Seats / 2);
        await using var member = await _site.ServeAsync();
        var nodes = Enumerable.Range(0, Nodes).Select(node => new Claimant($"n{node}")).ToList();

        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var looking = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sampled = SampleAsync(looking, over.Task);
        await looking.Task.WaitAsync(_patience);
        var first = await RaceAsync(member, nodes);
        first.Count(answer => answer.Value == 201).ShouldBe(Seats);
        first.Count(answer => answer.Value == 410).ShouldBe(Nodes - Seats);

        var winners = nodes.Where(node => first[node] == 201).ToList();
        (await Wire.DeleteAsync(member.Port, winners[0])).Status.ShouldBe(204);
        var again = await RaceAsync(member, [.. nodes.Except(winners)]);
        again.Count(answer => answer.Value == 201).ShouldBe(1);
        again.Count(answer => answer.Value == 410).ShouldBe(Nodes - Seats - 1);
        over.SetResult();
        var samples = await sampled;
        output.WriteLine($"looks at the seats, held and how often: {string.Join(", ", samples.CountBy(held => held))}");
        samples.ShouldAllBe(held => held <= Seats);
        (await _site.HeldAsync()).ShouldBe(Seats);
        await member.KillAsync();
        (await JournalAudit.ReadAsync(_site.Database)).Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Forty_eight_first_claims_of_one_node_are_one_claim()
    {
        await _site.AddAsync(null, licenses: Askers, seats: 1);
        await using var member = await _site.ServeAsync();
        for (var node = 0; node < 5; node++)
        {
            var claimant = new Claimant($"n{node}");
            var answers = await AllAtOnceAsync(member, [.. Enumerable.Repeat(claimant, Askers)]);
            answers.Count(answer => answer.Status == 201).ShouldBe(1);
            answers.Count(answer => answer.Status == 202).ShouldBe(Askers - 1);
        }

        (await _site.HeldAsync()).ShouldBe(5);
    }

    /// <summary>Asks what <c>ls --json</c> asks, over the same socket, as often as it is answered.</summary>
    private async Task<List<long>> SampleAsync(TaskCompletionSource looking, Task over)
    {
        using var client = new ManagementClient(_site.Database + ".sock", TimeProvider.System);
        var samples = new List<long>();
        while (!over.IsCompleted)
        {
            var answer = await client.ListLicensesAsync(null, null, Seats, CancellationToken.None);
            samples.Add(answer.Value!.Licenses.Sum(license => (long)license.Held));
            looking.TrySetResult();
        }

        return samples;
    }

    private static async Task<Dictionary<Claimant, int>> RaceAsync(LiveMember member, IReadOnlyList<Claimant> nodes)
    {
        var answers = await AllAtOnceAsync(member, nodes);
        return nodes.Zip(answers).ToDictionary(pair => pair.First, pair => pair.Second.Status);
    }

    /// <summary>Each on a connection of its own; nobody sends before all are connected.</summary>
    private static async Task<RawAnswer[]> AllAtOnceAsync(LiveMember member, IReadOnlyList<Claimant> claimants)
    {
        var wires = await Task.WhenAll(claimants.Select(_ => member.ConnectAsync())).WaitAsync(_patience);
        try
        {
            return await Task.WhenAll(wires.Zip(claimants, (wire, claimant) => wire.AskAsync(Wire.Request("PUT", claimant)))).WaitAsync(_patience);
        }
        finally
        {
            foreach (var wire in wires)
            {
                await wire.DisposeAsync();
            }
        }
    }
}
