using System.Collections.Concurrent;
using Berth.Protocol;

namespace Berth.Cli.Drill;

/// <summary>
/// Drains one member by planned moves and gives everything back, whatever comes in between. Should this process die in the middle, the
/// others keep what they got for <see cref="Keep"/>, and then it goes back by itself.
/// </summary>
internal sealed class DrillRun(IAdministration administration, TimeProvider time, Action<string> say)
{
    /// <summary>How long the others keep what nobody gives back.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromMinutes(5);

    private const int MovedTogether = 8;

    /// <summary>The most problems that are told one by one.</summary>
    private const int MaxProblems = 20;

    private static readonly TimeSpan _giveBackLimit = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> _problems = new();

    /// <summary>
    /// The member to drain: the one that is named, or the busiest. Throws <see cref="CommandFailedException"/> where the cluster is not whole
    /// or there is nobody to drain it to.
    /// </summary>
    public static MemberEntry Choose(ClusterState cluster, string? name)
    {
        var verdict = ClusterVerdict.Of(cluster);
        if (verdict.Verdict != ClusterVerdict.Whole)
        {
            throw new CommandFailedException(
                $"cluster {verdict.Cluster} is {verdict.Verdict}, and a drill is for one that is whole: {string.Join("; ", verdict.Reasons)}", ExitCode.Refused);
        }

        var up = cluster.Members.Where(member => member.State == MemberStates.Up).ToList();
        if (up.Count < 2)
        {
            throw new CommandFailedException($"{up[0].Name} is the only member: a drill needs two or more", ExitCode.Refused);
        }

        return name is null
            ? up.OrderByDescending(member => member.Claims ?? 0).ThenByDescending(member => member.Shards).First()
            : up.Find(member => member.Name == name)
                ?? throw new CommandFailedException($"no member that is up is called {name}: 'berth cluster show' lists them", ExitCode.NotFound);
    }

    /// <summary>Drains, holds, gives back.</summary>
    /// <param name="cluster">As it is shown before.</param>
    /// <param name="member">Whom to drain.</param>
    /// <param name="hold">How long the others have it.</param>
    /// <param name="stop">Ends draining and holding: what was moved is given back all the same.</param>
    public async Task<DrillReport> RunAsync(ClusterState cluster, MemberEntry member, TimeSpan hold, CancellationToken stop)
    {
        var at = time.GetUtcNow();
        var shards = (await OwnersAsync(stop)).Where(shard => shard.Owner == member.Name).Select(shard => shard.Shard).ToList();
        var others = cluster.Members
            .Where(other => other.State == MemberStates.Up && other.Name != member.Name).OrderBy(other => other.Shards).Select(other => other.Name).ToList();
        using var over = new CancellationTokenSource();
        var probe = new DrillProbe(administration, time);
        var probing = probe.RunAsync(shards, over.Token);
        var (away, back) = (new Leg(), new Leg());
        var heldFrom = time.GetTimestamp();
        try
        {
            say($"{member.Name} hands {shards.Count} shards to {string.Join(" and ", others)}");
            await MoveAsync(away, shards.Select((shard, i) => new MoveShardRequest(shard, others[i % others.Count], (long)Keep.TotalMilliseconds)), stop);
            heldFrom = time.GetTimestamp();
            say($"the others have {away.Moved} of them");
            await Task.Delay(hold, time, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _problems.Enqueue("it was ended before its time");
        }

        var held = time.GetElapsedTime(heldFrom);
        say($"{member.Name} gets back what it had");
        using var limit = new CancellationTokenSource(_giveBackLimit, time);
        var givenBack = await GiveBackAsync(back, shards, member.Name, limit.Token);
        await over.CancelAsync();
        await probing;
        return new DrillReport(
            cluster.Name,
            member.Name,
            at,
            shards.Count,
            member.Pools,
            member.Claims,
            away.Result,
            Math.Round(held.TotalMilliseconds),
            back.Result,
            probe.Result,
            givenBack,
            [.. _problems.Take(MaxProblems)]);
    }

    /// <summary>Gives back what is not with its member, and looks whether it is there.</summary>
    private async Task<bool> GiveBackAsync(Leg back, List<int> shards, string member, CancellationToken limit)
    {
        try
        {
            // Once more for what was refused the first time: a move that was under way, a member that was slow.
            for (var round = 0; round < 2; round++)
            {
                var owners = await OwnersAsync(limit);
                var elsewhere = shards.Where(shard => owners[shard].Owner != member).ToList();
                if (elsewhere.Count == 0)
                {
                    return true;
                }

                await MoveAsync(back, elsewhere.Select(shard => new MoveShardRequest(shard, member, (long)Keep.TotalMilliseconds)), limit);
            }

            var last = await OwnersAsync(limit);
            var missing = shards.Count(shard => last[shard].Owner != member);
            if (missing > 0)
            {
                _problems.Enqueue($"{missing} shards are not back at {member}: what is kept goes back by itself within {Keep.TotalMinutes} minutes");
            }

            return missing == 0;
        }
        catch (Exception failure) when (failure is OperationCanceledException or CommandFailedException or ManagementUnreachableException)
        {
            _problems.Enqueue($"giving back was not finished ({failure.Message}): what is kept goes back by itself within {Keep.TotalMinutes} minutes");
            return false;
        }
    }

    private async Task<IReadOnlyList<ShardEntry>> OwnersAsync(CancellationToken stop) =>
        await administration.Cluster.ShardsAsync(stop) is { IsGood: true } answer
            ? answer.Value.Shards
            : throw new CommandFailedException("the member does not say who owns the shards", ExitCode.Failed);

    private async Task MoveAsync(Leg leg, IEnumerable<MoveShardRequest> moves, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        try
        {
            foreach (var together in moves.Chunk(MovedTogether))
            {
                stop.ThrowIfCancellationRequested();

                // A move that has begun is waited for: whether it was made must be known.
                await Task.WhenAll(together.Select(move => MoveAsync(leg, move)));
            }
        }
        finally
        {
            leg.Took += time.GetElapsedTime(began);
        }
    }

    private async Task MoveAsync(Leg leg, MoveShardRequest move)
    {
        string problem;
        try
        {
            var answer = await administration.Cluster.MoveAsync(move, CancellationToken.None);
            if (answer.IsGood)
            {
                leg.Pauses.Enqueue(answer.Value.PauseMs);
                return;
            }

            problem = answer.Problem.Detail;
        }
        catch (ManagementUnreachableException failure)
        {
            problem = failure.Message;
        }

        leg.Refuse();
        _problems.Enqueue($"shard {move.Shard} to {move.To}: {problem}");
    }

    private sealed class Leg
    {
        private int _refused;

        public ConcurrentQueue<double> Pauses { get; } = new();

        public TimeSpan Took { get; set; }

        public int Moved => Pauses.Count;

        public DrillLeg Result => new(
            Pauses.Count,
            _refused,
            Math.Round(Took.TotalMilliseconds),
            Pauses.IsEmpty ? 0 : Math.Round(Pauses.Max(), 1),
            Pauses.IsEmpty ? 0 : Math.Round(Pauses.Average(), 1));

        public void Refuse() => Interlocked.Increment(ref _refused);
    }
}
