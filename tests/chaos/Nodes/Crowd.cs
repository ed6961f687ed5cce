namespace Berth.Chaos.Nodes;

/// <summary>All nodes, and what they wanted since somebody began to listen.</summary>
internal sealed class Crowd(IReadOnlyList<string> pools, int nodesPerPool, Rota rota, EdgeCalls calls, History.Recorder recorder) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Guards the errands.</summary>
    private readonly Lock _gate = new();
    private List<Errand>? _errands;
    private Task _running = Task.CompletedTask;

    /// <summary>They begin.</summary>
    public void Start(int seed, TimeProvider time)
    {
        var nodes =
            from pool in pools.Index()
            from number in Enumerable.Range(0, nodesPerPool)
            select new CrowdNode(number, pool.Item, rota, calls, recorder, seed + (pool.Index * nodesPerPool) + number) { Done = Note };
        _running = Task.WhenAll(nodes.Select(node => node.RunAsync(time, _stop.Token)).ToList());
    }

    /// <summary>Begins to keep what nodes want.</summary>
    public void Listen()
    {
        lock (_gate)
        {
            _errands = [];
        }
    }

    /// <summary>What they wanted since <see cref="Listen"/>.</summary>
    public IReadOnlyList<Errand> Heard()
    {
        lock (_gate)
        {
            var heard = _errands ?? [];
            _errands = null;
            return heard;
        }
    }

    /// <summary>All fall silent; returns when the last request has ended.</summary>
    public async Task SilenceAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await SilenceAsync();
        _stop.Dispose();
    }

    private void Note(Errand errand)
    {
        lock (_gate)
        {
            _errands?.Add(errand);
        }
    }
}
