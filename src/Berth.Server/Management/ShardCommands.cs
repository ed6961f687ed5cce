using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Ownership;
using Berth.Runtime.Routing;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Management;

/// <summary>The shards as operators see them through one member, and where they want them.</summary>
internal sealed class ShardCommands(ClusterSteering steering, MemberCalls calls, Who who)
{
    /// <summary>The shards of a table, with what their owners say.</summary>
    public static ShardListing List(ClusterTable table, ClusterView view, IReadOnlyDictionary<Incarnation, MemberReport> reports, bool fromStore)
    {
        var members = table.Members.ToDictionary(row => row.Incarnation);
        var told = reports.Where(report => report.Value.Account is not null).ToDictionary(
            report => report.Key, report => report.Value.Account!.Shards.ToDictionary(shard => shard.Shard));
        return new ShardListing(fromStore, [.. table.Shards.Select(Entry)]);

        ShardEntry Entry(ShardRow row)
        {
            var owner = row.Owner is { } incarnation ? members.GetValueOrDefault(incarnation) : null;
            var isTold = told.TryGetValue(row.Owner ?? default, out var shards);
            var one = isTold ? shards!.GetValueOrDefault(row.Shard) : default;
            return new ShardEntry(
                row.Shard,
                owner?.Card.Name,
                row.Epoch.Value,
                owner is { State: MemberState.Up } && ClusterViews.Seen(owner, view) is not MemberSights.Silent,
                isTold ? one.Pools : null,
                isTold ? one.Claims : null,
                isTold && one.KeptMs > 0 ? one.KeptMs : null);
        }
    }

    /// <summary>Moves one.</summary>
    public async ValueTask<Answer<MovedShard>> MoveAsync(MoveShardRequest request, CancellationToken stop)
    {
        var keepMs = request.KeepMs ?? MoveShardRequest.DefaultKeepMs;
        if (request.Shard is < 0 or >= Shards.Count || string.IsNullOrEmpty(request.To) || keepMs is < 0 or > MoveShardRequest.MaxKeepMs)
        {
            return Problems.Invalid(
                $"a shard is 0 to {Shards.Count - 1}, goes to a member that is named, and is kept there for 0 to {MoveShardRequest.MaxKeepMs} ms");
        }

        // What was moved a moment ago, through whichever member, may not have been seen here yet.
        await (steering.Member?.Ownership.LookAsync() ?? Task.CompletedTask);
        var view = steering.View();
        if (view.Live.LastOrDefault(row => row.Card.Name == request.To) is not { } to)
        {
            return new Problem(ProblemCodes.MemberNotFound, 404, $"no live member is called {request.To}: 'berth cluster show' lists them");
        }

        if (view.OwnerOf(request.Shard) is not { } owner)
        {
            return NotMoved($"shard {request.Shard} has no live owner at the moment: the others are taking it; 'berth shards ls' shows by whom");
        }

        var keep = Assignment.Of(request.Shard, view.Candidates)?.Incarnation == to.Incarnation ? TimeSpan.Zero : TimeSpan.FromMilliseconds(keepMs);
        if (!await calls.KeepAsync(to, request.Shard, keep, stop))
        {
            return NotMoved($"{to.Card.Name} at {to.Card.Address} does not say that it will keep shard {request.Shard}: it does not answer, or runs an older version");
        }

        return owner.Incarnation == to.Incarnation
            ? new MovedShard(request.Shard, owner.Card.Name, to.Card.Name, 0, (long)keep.TotalMilliseconds, Before: true)
            : await MoveAsync(owner, request.Shard, to, keep, stop);
    }

    private async ValueTask<Answer<MovedShard>> MoveAsync(MemberRow owner, int shard, MemberRow to, TimeSpan keep, CancellationToken stop)
    {
        var report = await calls.MoveAsync(owner, shard, to, stop);
        if (report.Moved is { Outcome: ShardMoveOutcome.Moved } moved)
        {
            steering.Log.ShardMoved(shard, owner.Card.Name, to.Card.Name, keep, who.Actor ?? "an operator");
            return new MovedShard(
                shard, owner.Card.Name, to.Card.Name, Math.Round(moved.Pause.TotalMilliseconds, 1), (long)keep.TotalMilliseconds, Before: false);
        }

        if (report.IsUnknown || report.Moved is { Outcome: ShardMoveOutcome.Unsettled })
        {
            return new Problem(
                ProblemCodes.OutcomeUnknown, 503, $"{owner.Card.Name} does not say how it ended: whether shard {shard} was moved is not known; 'berth shards ls' says where it is");
        }

        // It stays where it is, so nothing is to be kept.
        _ = await calls.KeepAsync(to, shard, TimeSpan.Zero, stop);
        return NotMoved(report.Moved?.Outcome switch
        {
            ShardMoveOutcome.NotOwned => $"{owner.Card.Name} does not serve shard {shard} any more: 'berth shards ls' says who does",
            ShardMoveOutcome.Withheld =>
                $"{owner.Card.Name} has seen the store go back in time and hands no shard on, {shard} neither, until that member ends",
            ShardMoveOutcome.NoSuccessor => $"{owner.Card.Name} does not see {to.Card.Name} live: try again in a moment",
            ShardMoveOutcome.Overtaken => $"{owner.Card.Name} is leaving or moves shard {shard} already: 'berth shards ls' says where it is",
            _ => $"{owner.Card.Name} at {owner.Card.Address} owns shard {shard} and does not take the request: it does not answer, or runs an older version",
        });
    }

    private static Problem NotMoved(string detail) => new(ProblemCodes.ShardNotMoved, 409, detail);
}

internal static partial class ShardCommandsLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "shards.move: shard {shard} from {owner} to {member}, kept there for {keep}, by {actor}")]
    public static partial void ShardMoved(this ILogger log, int shard, string owner, string member, TimeSpan keep, string actor);
}
