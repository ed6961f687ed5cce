using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Ownership;

/// <summary>
/// Evidence that a member's process has ended: asked for beside the looks at the table, because a member that is out of reach keeps who
/// asks waiting, and believed the second time for as long as the counter stands where it stood. Where it cannot be asked for there is
/// none: silence counts all the same.
/// </summary>
internal sealed class DeathEvidence(MemberParts parts, Incarnation self)
{
    /// <summary>Whose end was seen twice, and at which counter.</summary>
    private readonly ConcurrentDictionary<Incarnation, long> _dead = new();

    /// <summary>One question about a member at a time.</summary>
    private readonly Dictionary<Incarnation, Task> _asking = [];

    /// <summary>The evidence was there twice in a row, and the member has not renewed since before.</summary>
    public bool IsDead(MemberRow member) => _dead.TryGetValue(member.Incarnation, out var counter) && counter == member.Counter;

    /// <summary>Looks for evidence about the members of a table until <paramref name="stop"/>.</summary>
    /// <param name="newest">The newest table; null: none was read yet.</param>
    /// <param name="found">Called when a member was found dead, and awaited. Does not throw.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(Func<ClusterTable?> newest, Func<Task> found, CancellationToken stop)
    {
        if (parts.Options.FindEvidence is not { } find)
        {
            return;
        }

        using var timer = new PeriodicTimer(parts.Options.EvidenceEvery, parts.Time);
        using var ending = stop.Register(timer.Dispose);
        while (!stop.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            var others = newest()?.Members.Where(member => member.State == MemberState.Up && member.Incarnation != self).ToList() ?? [];
            Consider(others, member => AskAsync(find, member, found, stop));
        }

        foreach (var asking in _asking.Values)
        {
            await asking;
        }
    }

    private void Consider(List<MemberRow> others, Func<MemberRow, Task> ask)
    {
        foreach (var gone in _asking.Where(one => one.Value.IsCompleted).Select(one => one.Key).Except(others.Select(other => other.Incarnation)).ToList())
        {
            _asking.Remove(gone);
            _dead.TryRemove(gone, out _);
        }

        foreach (var other in others.Where(other => !_asking.TryGetValue(other.Incarnation, out var asking) || asking.IsCompleted))
        {
            _asking[other.Incarnation] = ask(other);
        }
    }

    private async Task AskAsync(
        Func<MemberRow, CancellationToken, ValueTask<bool>> find, MemberRow member, Func<Task> found, CancellationToken stop)
    {
        if (!await FindAsync(find, member))
        {
            _dead.TryRemove(member.Incarnation, out _);
            return;
        }

        if (IsDead(member))
        {
            return;
        }

        await Waiting.ForAsync(parts.Options.EvidenceAgainAfter, parts.Time, stop);
        if (!stop.IsCancellationRequested && await FindAsync(find, member))
        {
            _dead[member.Incarnation] = member.Counter;
            await found();
        }
    }

    private async ValueTask<bool> FindAsync(Func<MemberRow, CancellationToken, ValueTask<bool>> find, MemberRow member)
    {
        try
        {
            using var limit = parts.CallLimit();
            return await find(member, limit.Token);
        }
        catch (Exception failure)
        {
            parts.Log.NotAsked(member.Card.Name, failure.Message);
            return false;
        }
    }
}

internal static partial class DeathEvidenceLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "member.evidence: whether {member} has ended cannot be asked: {reason}")]
    public static partial void NotAsked(this ILogger log, string member, string reason);
}
