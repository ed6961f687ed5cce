using System.Runtime.InteropServices;
using Berth.Pools;
using Berth.Runtime.Pools;

namespace Berth.Runtime.Metrics;

/// <summary>One pool of this member.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Figures">How it stands.</param>
/// <param name="Counts">What it was asked and answered.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PoolReading(PoolName Name, PoolFigures Figures, PoolCounts Counts);

/// <summary>All pools of this member.</summary>
/// <param name="Pools">Those that are open here, in no order.</param>
/// <param name="Unopened">How many belong to this member and are not open, or were not yet.</param>
/// <param name="Waiting">Commands in the mailboxes of all.</param>
/// <param name="MostWaiting">Commands in the fullest mailbox.</param>
public sealed record PoolReadings(IReadOnlyList<PoolReading> Pools, int Unopened, int Waiting, int MostWaiting);

/// <summary>
/// Looks at the pools for those who watch, and costs them next to nothing: an idle pool is looked at from here, one that works looks at
/// itself at the end of its turn. Holders are sampled, never walked.
/// </summary>
public sealed class PoolSurvey
{
    /// <summary>Holders looked at in all, about.</summary>
    private const int Holders = 20_000;

    /// <summary>Holders looked at in one pool, at the most: it must not wait for long.</summary>
    private const int MostHolders = 64;

    private const int Rounds = 5;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    private readonly PoolPlaces _places;
    private readonly TimeProvider _time;

    internal PoolSurvey(PoolPlaces places, TimeProvider time)
    {
        _places = places;
        _time = time;
    }

    /// <summary>
    /// How the pools stand now; one whose turn takes longer than 50 ms, as it was when it was looked at before.
    /// </summary>
    public async Task<PoolReadings> ReadAsync()
    {
        var owned = _places.All.Select(place => (Place: place, place.Actor)).Where(pair => pair.Actor is { IsClosed: false }).ToList();
        var holders = Math.Clamp(Holders / Math.Max(1, owned.Count), 1, MostHolders);
        foreach (var (_, actor) in owned)
        {
            actor!.Look(holders);
        }

        for (var round = 0; round < Rounds && owned.Any(pair => pair.Actor!.IsLookedFor); round++)
        {
            await Waiting.ForAsync(_pause, _time, CancellationToken.None);
            foreach (var (_, actor) in owned.Where(pair => pair.Actor!.IsLookedFor))
            {
                actor!.Look(holders);
            }
        }

        var waiting = owned.Select(pair => pair.Actor!.WaitingCount).DefaultIfEmpty().ToList();
        var open = owned.Where(pair => pair.Actor!.Figures is not null)
            .Select(pair => new PoolReading(pair.Place.Name, pair.Actor!.Figures!, pair.Place.Counts)).ToList();
        return new PoolReadings(open, owned.Count - open.Count, waiting.Sum(), waiting.Max());
    }

    /// <summary>What all pools were asked and answered, also while they were another member's.</summary>
    public long Sum(PoolCount what) => _places.All.Sum(place => place.Counts[what]);
}
