using Berth.Benchmarks.Processes;

namespace Berth.Benchmarks.Edge;

/// <summary>What a server will be asked to do; only the stand-in needs to know.</summary>
internal enum Use
{
    Heartbeats,
    Claims,
    Storm,
}

/// <summary>The side that is measured against the bare endpoint: Berth, or a second bare endpoint to try the bench itself.</summary>
internal sealed class Contender(EdgePlan plan, string scratch)
{
    private readonly BerthProcess _berth = new(scratch);
    private readonly Dictionary<string, SeededStore> _stores = new(StringComparer.Ordinal);

    /// <summary>Starts a server over the store of that name, which is seeded when it is first asked for.</summary>
    public async Task<Server> StartAsync(Use use, string name, int licenses, string strategy, CancellationToken stop)
    {
        if (plan.StandIn)
        {
            var mode = use == Use.Heartbeats ? "heartbeat" : "claim";
            var server = await BareProcess.StartAsync(mode, null, use == Use.Storm ? licenses * EdgePlan.SeatsEach : null, stop);
            return server with { Name = $"stand-in {name} {strategy}" };
        }

        if (!_stores.TryGetValue(name, out var store))
        {
            var start = TimeProvider.System.GetTimestamp();
            store = await _berth.SeedAsync(name, licenses, EdgePlan.SeatsEach, stop);
            _stores.Add(name, store);
            Console.WriteLine($"  seeded {licenses:N0} licenses in {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F1} s");
        }

        return await _berth.ServeAsync(use == Use.Storm ? Copy(store) : store, strategy, stop);
    }

    /// <summary>A storm takes all seats for good, so that each gets the seeded files afresh.</summary>
    private SeededStore Copy(SeededStore store)
    {
        var copy = store with { Folder = Directory.CreateDirectory(Path.Combine(scratch, "storm-round")).FullName };
        foreach (var old in Directory.EnumerateFiles(copy.Folder))
        {
            File.Delete(old);
        }

        foreach (var file in Directory.EnumerateFiles(store.Folder))
        {
            File.Copy(file, Path.Combine(copy.Folder, Path.GetFileName(file)));
        }

        return copy;
    }
}
