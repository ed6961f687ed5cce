using System.Net.Sockets;
using Berth.Survival.Tests.Load;
using Berth.Testing;

namespace Berth.Survival.Tests.Upgrade;

/// <summary>A node that claims a seat and sends heartbeats; it asks one member, and at once the next if that one did not do it.</summary>
/// <param name="claimant">Who it is.</param>
/// <param name="edges">Where the members answer.</param>
/// <param name="view">Told of every answer.</param>
/// <param name="releases">It gives its seat back now and then. Otherwise it keeps it.</param>
/// <param name="seed">Of what it does by chance.</param>
internal sealed class SteadyNode(Claimant claimant, IReadOnlyList<int> edges, ClientView view, bool releases, int seed)
{
    private const int ReleasePercent = 20;
    private static readonly TimeSpan _between = TimeSpan.FromMilliseconds(400);

    private readonly Random _random = new(seed);

    /// <summary>Heartbeats that some member answered as it should.</summary>
    public int Renewals { get; private set; }

    /// <summary>Heartbeats that no member did, with the last answers.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>Lives until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(_between, TimeProvider.System);
        using var ending = stop.Register(timer.Dispose);
        while (!stop.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            await (releases && view.Of(claimant) == Standing.Held && _random.Next(100) < ReleasePercent ? ReleaseAsync() : ClaimAsync());
        }
    }

    private async Task ClaimAsync()
    {
        var held = view.Of(claimant) == Standing.Held;
        var said = new List<string>();
        foreach (var edge in Order())
        {
            var answer = await AskAsync(edge, "PUT");
            view.Claimed(claimant, answer);
            if (answer?.Status is 201 or 202)
            {
                Renewals += held ? 1 : 0;
                return;
            }

            if (answer?.Status == 410 && !held)
            {
                return;
            }

            said.Add(answer is null ? "no answer" : $"{answer.StatusLine} {answer.Text}");
        }

        if (held)
        {
            Refused.Add($"{claimant}: {string.Join("; ", said)}");
        }
    }

    private async Task ReleaseAsync()
    {
        foreach (var edge in Order())
        {
            var was = view.Releasing(claimant);
            var answer = await AskAsync(edge, "DELETE");
            view.Released(claimant, was, answer);
            if (answer?.Status is 204 or 404)
            {
                return;
            }
        }
    }

    private IEnumerable<int> Order()
    {
        var first = _random.Next(edges.Count);
        return edges.Skip(first).Concat(edges.Take(first)).ToList();
    }

    /// <summary>Null: nobody was there, or the connection broke.</summary>
    private async Task<RawAnswer?> AskAsync(int edge, string method)
    {
        try
        {
            return await RawHttp.AskAsync(
                edge,
                $"{method} /v1/nodes/{claimant.Node} HTTP/1.1\r\nHost: berth\r\nRelay-Pool: {claimant.Pool}\r\n"
                + "Prefer: return=representation\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        }
        catch (Exception broken) when (broken is SocketException or EndOfStreamException)
        {
            return null;
        }
    }
}
