using System.Collections.Concurrent;
using System.Globalization;
using Berth.Chaos.History;
using Berth.Chaos.Processes;

namespace Berth.Chaos.Nodes;

/// <summary>One pool, asked for through one member: how long after the fault a new claim was granted.</summary>
internal sealed record Recovery(string Pool, string Member, TimeSpan Took);

/// <summary>Nodes that nobody has seen before: each claims one seat once, and gives it back if it got it.</summary>
internal sealed class Probes(EdgeCalls calls, Recorder recorder, IReadOnlyList<ChaosMember> all, TimeProvider time)
{
    /// <summary>A probe begins so long after the last one, whatever became of that: 40 ms.</summary>
    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(40);

    /// <summary>How long a probe waits for its answer: 3 s.</summary>
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(3);

    /// <summary>A release may have to wait for the lease of a former owner.</summary>
    private static readonly TimeSpan _releaseLimit = TimeSpan.FromSeconds(10);

    private const int TakenAtOnce = 16;

    private readonly ConcurrentBag<Task> _told = [];
    private int _nodes;

    /// <summary>
    /// For each pool through each member: the time from <paramref name="since"/> to the first new claim that was sent after it and granted.
    /// </summary>
    /// <param name="pools">Which pools.</param>
    /// <param name="members">Through whom.</param>
    /// <param name="since">When the fault began.</param>
    /// <param name="patience">Who is not served until then counts as <see cref="TimeSpan.MaxValue"/>.</param>
    public async Task<IReadOnlyList<Recovery>> UntilServedAsync(
        IReadOnlyList<string> pools, IReadOnlyList<ChaosMember> members, TimeSpan since, TimeSpan patience) =>
        await Task.WhenAll(from pool in pools from member in members select UntilServedAsync(pool, member, since, patience));

    /// <summary>So many new claims of a pool, each tried through one member after the other; none is given back.</summary>
    public async Task<IReadOnlyList<Operation>> TakeAsync(string pool, int claims, IReadOnlyList<ChaosMember> members)
    {
        var taken = new List<Operation>();
        foreach (var chunk in Enumerable.Range(0, claims).Chunk(TakenAtOnce))
        {
            taken.AddRange(await Task.WhenAll(chunk.Select(number => TakeOneAsync(pool, number, members))));
        }

        return taken;
    }

    /// <summary>One new claim after the other until it is enough, each asking the next member at once where one did not grant it.</summary>
    public async Task<IReadOnlyList<Errand>> SteadilyAsync(IReadOnlyList<string> pools, Rota rota, Random random, CancellationToken enough)
    {
        var errands = new List<Task<Errand>>();
        while (!enough.IsCancellationRequested)
        {
            var order = rota.Order(random);
            errands.Add(InTurnAsync(pools[errands.Count % pools.Count], order));
            try
            {
                await Task.Delay(_pace, time, enough);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return await Task.WhenAll(errands);
    }

    /// <summary>Returns when the last of them has its answer.</summary>
    public Task FinishAsync() => Task.WhenAll(_told);

    /// <summary>Asks the others too while it is certain that nothing has happened.</summary>
    private async Task GiveBackAsync(string pool, string node, ChaosMember first)
    {
        foreach (var member in all.Where(member => member != first).Prepend(first).ToList())
        {
            var released = await calls.AskAsync(member, Verb.Release, pool, node, _releaseLimit);
            if (released.Outcome != Outcome.Refused || released.Status == 404)
            {
                return;
            }
        }
    }

    private async Task<Operation> TakeOneAsync(string pool, int number, IReadOnlyList<ChaosMember> members)
    {
        Operation last = null!;
        for (var i = 0; i < members.Count && last is not { Outcome: Outcome.Ok } and not { Status: 410 }; i++)
        {
            var node = string.Create(CultureInfo.InvariantCulture, $"last-{pool}-{number}");
            last = await calls.AskAsync(members[(number + i) % members.Count], Verb.Claim, pool, node, _limit);
        }

        return last;
    }

    private async Task<Errand> InTurnAsync(string pool, IReadOnlyList<ChaosMember> members)
    {
        var node = string.Create(CultureInfo.InvariantCulture, $"probe-{Interlocked.Increment(ref _nodes)}");
        var (began, tries) = (recorder.Now, 0);
        Operation last = null!;
        foreach (var member in members)
        {
            last = await calls.AskAsync(member, Verb.Claim, pool, node, _limit);
            tries++;
            if (last.Outcome == Outcome.Ok)
            {
                _told.Add(GiveBackAsync(pool, node, member));
                break;
            }
        }

        return new Errand(IsHeartbeat: false, began, last.Received, last, tries);
    }

    private async Task<Recovery> UntilServedAsync(string pool, ChaosMember member, TimeSpan since, TimeSpan patience)
    {
        var first = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        while (!first.Task.IsCompleted && recorder.Now - since < patience)
        {
            _told.Add(TellAsync());
            await Task.WhenAny(first.Task, Task.Delay(_pace, time));
        }

        return new Recovery(pool, member.Name, first.Task.IsCompleted ? await first.Task - since : TimeSpan.MaxValue);

        async Task TellAsync()
        {
            var node = string.Create(CultureInfo.InvariantCulture, $"probe-{Interlocked.Increment(ref _nodes)}");
            var claimed = await calls.AskAsync(member, Verb.Claim, pool, node, _limit);
            if (claimed.Outcome == Outcome.Ok)
            {
                first.TrySetResult(claimed.Received);
                await GiveBackAsync(pool, node, member);
            }
        }
    }
}
