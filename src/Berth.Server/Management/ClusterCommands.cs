using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Ownership;
using Berth.Runtime.Routing;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Management;

/// <summary>What operators ask about the cluster and do to it.</summary>
/// <param name="steering">What it is seen and steered by; null: there is only one member.</param>
/// <param name="who">Whom log lines are to name.</param>
internal sealed class ClusterCommands(ClusterSteering? steering, Who who) : ICluster
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private static readonly Problem _alone = new(
        ProblemCodes.NotClustered, 409, "the member is the only one: members form a cluster on a store that they share, postgres://…");

    private static readonly Problem _unserved = new(
        ProblemCodes.Unavailable, 503, "no member answers that is in the cluster at the moment: ask one that serves, with --socket or --server");

    public async ValueTask<Answer<ClusterState>> ShowAsync(CancellationToken stop)
    {
        if (steering is null)
        {
            return _alone;
        }

        var view = steering.View();
        var table = await ReadAsync(steering, stop);
        if (table is null && view.Self.Value == 0 && view.Table.Members.Count == 0)
        {
            return Away();
        }

        var reports = await AskAllAsync(steering, table ?? view.Table, stop);
        return ClusterViews.State(steering.Name, table ?? view.Table, view, table is not null, reports);
    }

    public async ValueTask<Answer<ShardListing>> ShardsAsync(CancellationToken stop)
    {
        if (steering is null)
        {
            return _alone;
        }

        var view = steering.View();
        var table = await ReadAsync(steering, stop);
        if (table is null && view.Table.Shards.Count == 0)
        {
            return Away();
        }

        var reports = await AskAllAsync(steering, table ?? view.Table, stop);
        return ShardCommands.List(table ?? view.Table, view, reports, table is not null);
    }

    public ValueTask<Answer<MovedShard>> MoveAsync(MoveShardRequest request, CancellationToken stop) =>
        steering is null ? new(_alone)
        : steering.Member is { } member ? new ShardCommands(steering, member.Calls, who).MoveAsync(request, stop)
        : new(_unserved);

    public ValueTask<Answer<ClusterEventListing>> EventsAsync(long after, int waitSeconds, CancellationToken stop) =>
        steering is null ? new(_alone)
        : steering.Member is { } member ? ClusterEvents.ReadAsync(member.Events, after, waitSeconds, stop)
        : new(_unserved);

    public async ValueTask<Answer<JoinPlan>> PlanJoinAsync(string? member, CancellationToken stop)
    {
        if (steering is null)
        {
            return _alone;
        }

        var view = steering.View();
        return view.LiveMember(view.Self) is not { } self ? _unserved
            : await ReadAsync(steering, stop) is { } table ? JoinPlans.Of(table, self, member)
            : Away();
    }

    public async ValueTask<Answer<DownedMember>> DownAsync(string member, DownMemberRequest request, CancellationToken stop)
    {
        if (steering is null)
        {
            return _alone;
        }

        if (await ReadAsync(steering, stop) is not { } table)
        {
            return Away();
        }

        var lives = table.Members.Where(row => row.Card.Name == member).ToList();
        if (lives.Count == 0)
        {
            return new Problem(ProblemCodes.MemberNotFound, 404, $"no member is called {member}: 'berth cluster show' lists them");
        }

        var last = lives.Find(row => row.State is MemberState.Up) ?? lives[^1];
        var shards = table.Shards.Count(shard => shard.Owner == last.Incarnation);
        var answer = new DownedMember(member, last.Card.Address, last.Incarnation.Value, shards, Before: last.State is not MemberState.Up);
        if (answer.Before)
        {
            return answer;
        }

        if (ClusterViews.Seen(last, steering.View()) is MemberSights.Self)
        {
            return new Problem(ProblemCodes.MemberAlive, 409, $"{member} is the member that answers: 'berth cluster leave' ends it, or SIGTERM");
        }

        return request.Force ? await DownAsync(steering, last, answer, stop)
            : await new LifeWatch(steering).WatchAsync(last, stop) switch
            {
                LifeSign.Over => answer with { Before = true },
                LifeSign.Silent => await DownAsync(steering, last, answer, stop),
                _ => Alive(last, steering.View()),
            };
    }

    public ValueTask<Answer<LeavingMember>> LeaveAsync(CancellationToken stop) => new(Leave());

    private Answer<LeavingMember> Leave()
    {
        if (steering is null)
        {
            return _alone;
        }

        var view = steering.View();
        if (steering.Leave is not { } leave || view.LiveMember(view.Self) is not { } self)
        {
            return new Problem(ProblemCodes.Unavailable, 503, "the member is in no cluster at the moment: nothing happened; SIGTERM ends it");
        }

        var shards = view.Table.Shards.Count(shard => shard.Owner == self.Incarnation);
        steering.Log.AskedToLeave(self.Card.Name, who.Actor ?? "an operator");
        leave();
        return new LeavingMember(self.Card.Name, shards);
    }

    private async ValueTask<Answer<DownedMember>> DownAsync(ClusterSteering over, MemberRow member, DownedMember answer, CancellationToken stop)
    {
        try
        {
            using var limit = new CancellationTokenSource(_patience, over.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
            var ended = await over.Table.DownAsync(member.Incarnation, either.Token);
            over.Log.MarkedDown(member.Card.Name, member.Card.Address, member.Incarnation.Value, who.Actor ?? "an operator");
            return answer with { Before = !ended };
        }
        catch (Exception failure)
        {
            over.Log.NotMarked(failure, member.Card.Name, failure.Message);
            return new Problem(
                ProblemCodes.OutcomeUnknown, 503, $"the store failed midway: whether {member.Card.Name} is down is not known; repeat it, which does no harm");
        }
    }

    private static Problem Alive(MemberRow member, ClusterView view) => new(
        ProblemCodes.MemberAlive,
        409,
        view.Self.Value == 0
            ? $"whether {member.Card.Name} lives is not known: the member that was asked is in no cluster at the moment; ask another, or insist with --force"
            : $"{member.Card.Name} at {member.Card.Address} has just renewed its lease of {member.Card.Lease.TotalSeconds:0.###} s: end it with "
                + "SIGTERM or 'berth cluster leave'; marked down, a process that lives joins again. --force does it all the same");

    private static Problem Away() => new(ProblemCodes.Unavailable, 503, "the store does not answer: nothing happened; try again");

    /// <summary>What the members that are up say of themselves: all asked at once, each within its limit. Empty: there is no member to ask through.</summary>
    private static async ValueTask<IReadOnlyDictionary<Incarnation, MemberReport>> AskAllAsync(
        ClusterSteering over, ClusterTable table, CancellationToken stop)
    {
        if (over.Member is not { } member)
        {
            return new Dictionary<Incarnation, MemberReport>();
        }

        var up = table.Members.Where(row => row.State is MemberState.Up).ToList();
        var reports = await Task.WhenAll(up.Select(row => member.Calls.DescribeAsync(row, stop).AsTask()));
        return up.Zip(reports).ToDictionary(pair => pair.First.Incarnation, pair => pair.Second);
    }

    /// <summary>The table of this moment; null: the store does not say.</summary>
    private static async ValueTask<ClusterTable?> ReadAsync(ClusterSteering over, CancellationToken stop)
    {
        try
        {
            using var limit = new CancellationTokenSource(_patience, over.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
            return await over.Table.ReadAsync(either.Token);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            over.Log.NotRead(failure, failure.Message);
            return null;
        }
    }
}

internal static partial class ClusterCommandsLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster.down: {member} at {address}, incarnation {incarnation}, was marked down by {actor}")]
    public static partial void MarkedDown(this ILogger log, string member, string address, long incarnation, string actor);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster.down: whether {member} is down is not known: {reason}")]
    public static partial void NotMarked(this ILogger log, Exception failure, string member, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "cluster.leave: {member} is asked to leave by {actor}")]
    public static partial void AskedToLeave(this ILogger log, string member, string actor);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster.show: the store does not answer: {reason}")]
    public static partial void NotRead(this ILogger log, Exception failure, string reason);
}
