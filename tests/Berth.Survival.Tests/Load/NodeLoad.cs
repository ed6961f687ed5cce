namespace Berth.Survival.Tests.Load;

/// <summary>Nodes that claim, renew and release over many connections, each node on one of them, until the member is gone or it is enough.</summary>
internal sealed class NodeLoad(ClientView view, IReadOnlyList<Claimant> claimants, int connections, int seed)
{
    private const int ReleasePercent = 60;
    private const int BlindReleasePercent = 5;

    private readonly Random[] _random = [.. Enumerable.Range(0, connections).Select(worker => new Random(seed + worker))];
    private volatile bool _enough;

    /// <summary>No more requests; those under way are awaited.</summary>
    public void Stop() => _enough = true;

    /// <summary>Works until the member is gone or <see cref="Stop"/>.</summary>
    public Task RunAsync(int port) => Task.WhenAll(Enumerable.Range(0, connections).Select(worker => WorkAsync(worker, port)));

    private async Task WorkAsync(int worker, int port)
    {
        var own = claimants.Where((_, i) => i % connections == worker).ToList();
        await using var wire = await Wire.ConnectAsync(port);
        while (wire is not null && !_enough && await StepAsync(wire, own[_random[worker].Next(own.Count)], _random[worker].Next(100)))
        {
        }
    }

    private async Task<bool> StepAsync(Wire wire, Claimant claimant, int percent)
    {
        if (percent < (view.Of(claimant) == Standing.Held ? ReleasePercent : BlindReleasePercent))
        {
            var was = view.Releasing(claimant);
            var released = await wire.DeleteAsync(claimant);
            view.Released(claimant, was, released);
            return released is not null && !Wire.IsLast(released);
        }

        var answer = await wire.PutAsync(claimant);
        view.Claimed(claimant, answer);
        return answer is not null && !Wire.IsLast(answer);
    }
}
