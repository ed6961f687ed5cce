using Berth.Runtime.Ownership;

namespace Berth.Runtime.Pools;

/// <summary>The actors of the pools whose shards are held: started when they are wanted, stopped with their shard, awaited at the end.</summary>
internal sealed class PoolActors(PoolPlaces places, HeldShards shards, PoolEnvironment shared) : IDisposable
{
    /// <summary>Guards <see cref="_running"/>, and the start and the end of an actor in its place.</summary>
    private readonly Lock _gate = new();
    private readonly List<Task> _running = [];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Cancelled when all are to end.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>The actor of a pool; null: its shard is not held, or takes no more commands.</summary>
    public PoolActor? Of(PoolPlace place) => place.Actor ?? Start(place);

    /// <summary>Opens pools, a few at a time, and returns once each has been opened or could not be.</summary>
    public async Task OpenAsync(IEnumerable<PoolPlace> pools)
    {
        foreach (var together in pools.OrderBy(place => place.Name.Value, StringComparer.Ordinal).Chunk(shared.Options.OpenedTogether))
        {
            foreach (var opened in together.Select(place => Of(place)?.Opened ?? Task.CompletedTask).ToList())
            {
                await opened;
            }
        }
    }

    /// <summary>A task that is awaited before all have ended.</summary>
    public void Track(Task task)
    {
        lock (_gate)
        {
            _running.RemoveAll(ended => ended.IsCompletedSuccessfully);
            _running.Add(task);
        }
    }

    /// <summary>The shards are closed: nothing is answered under them. Their actors are told to stop, and end once the store has answered.</summary>
    public void Close(IReadOnlyList<HeldShard> closed)
    {
        List<PoolActor> actors;
        lock (_gate)
        {
            actors = In(closed);
            actors.ForEach(actor => places.Of(actor.Name)!.Actor = null);
            _running.RemoveAll(ended => ended.IsCompletedSuccessfully);
        }

        actors.ForEach(actor => actor.Stop());
    }

    /// <summary>
    /// The shard takes no more commands: its actors answer those they have, and end. Those that take longer than
    /// <paramref name="limit"/> are left to themselves.
    /// </summary>
    public async Task DrainAsync(HeldShard shard, TimeSpan limit)
    {
        List<PoolActor> actors;
        lock (_gate)
        {
            // None is being started meanwhile that would be missed.
            actors = In([shard]);
        }

        actors.ForEach(actor => actor.Stop());
        await Waiting.UntilAsync(Task.WhenAll(actors.Select(actor => actor.Ended)), limit, shared.Time);
    }

    /// <summary>Actors that the store fenced, though their shard is still ours by its word, begin anew.</summary>
    public void OpenAgain()
    {
        if (!shared.LostPool)
        {
            return;
        }

        shared.LostPool = false;
        lock (_gate)
        {
            foreach (var place in places.All.Where(place => place.Actor is { IsClosed: true }))
            {
                var ended = place.Actor!;
                shared.LostPool |= ended.IsBroken;
                if (!ended.IsBroken && shards.At(place.Shard) == ended.Shard && ended.Shard.IsServing)
                {
                    place.Actor = null;
                    Start_NeedsLock(place);
                }
            }
        }
    }

    /// <summary>Lets every actor finish what waits for it, and ends. May be called again.</summary>
    public async Task StopAsync()
    {
        Task[] running;
        lock (_gate)
        {
            _stop.Cancel();
            foreach (var place in places.All)
            {
                place.Actor?.Stop();
            }

            running = [.. _running];
        }

        await Task.WhenAll(running);
    }

    public void Dispose() => _stop.Dispose();

    private PoolActor? Start(PoolPlace place)
    {
        lock (_gate)
        {
            return place.Actor ?? Start_NeedsLock(place);
        }
    }

    private PoolActor? Start_NeedsLock(PoolPlace place)
    {
        if (shards.At(place.Shard) is not { IsServing: true } shard)
        {
            return null;
        }

        var actor = new PoolActor(place, shard, shared);
        if (_stop.IsCancellationRequested)
        {
            actor.Stop();
        }

        _running.Add(actor.Ended = actor.RunAsync(_stop.Token));
        place.Actor = actor;
        return actor;
    }

    private List<PoolActor> In(IReadOnlyList<HeldShard> held) =>
        [.. places.All.Select(place => place.Actor).OfType<PoolActor>().Where(actor => held.Contains(actor.Shard))
            .OrderBy(actor => actor.Name.Value, StringComparer.Ordinal)];
}
