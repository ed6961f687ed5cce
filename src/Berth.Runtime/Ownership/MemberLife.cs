using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Ownership;

/// <summary>One life of a member in the cluster, from joining to leaving or being down: renewing, watching and moving beside each other.</summary>
internal sealed class MemberLife : IDisposable
{
    private readonly MemberParts _parts;
    private readonly LeaseRenewal _renewal;
    private readonly PlannedMoves _moves;
    private readonly CancellationTokenSource _ended = new();

    /// <summary>It is down, or asked to leave.</summary>
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MemberLife(MemberParts parts, Incarnation self, OwnershipSignals signals, Func<MemberRow, Task> tell)
    {
        _parts = parts;
        Self = self;
        _renewal = new LeaseRenewal(parts, self, signals.Raise);
        Watch = new MemberWatch(parts, self, signals.Publish);
        _moves = new PlannedMoves(parts, self, () => signals.View, tell);
    }

    public Incarnation Self { get; }

    private MemberWatch Watch { get; }

    /// <summary>Reads the table now.</summary>
    public Task LookAsync() => Watch.LookAsync(_ended.Token);

    /// <inheritdoc cref="PlannedMoves.MoveAsync(int, Incarnation)"/>
    public ValueTask<ShardMoved> MoveAsync(int shard, Incarnation to) => _moves.MoveAsync(shard, to);

    /// <summary>Lives until the incarnation is down, or until <paramref name="stop"/>, and then leaves. True: it is down.</summary>
    /// <param name="handedOn">Asked between handing on and leaving, and again handed on after it: others may have handed something back.</param>
    /// <param name="stop">It is to leave.</param>
    public async Task<bool> RunAsync(Func<Task>? handedOn, CancellationToken stop)
    {
        using var moving = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var renewing = RenewAsync();
        var watching = Watch.RunAsync(_ended.Token);
        var moves = _moves.RunAsync(moving.Token);
        using (stop.Register(() => _over.TrySetResult()))
        {
            await _over.Task;
        }

        try
        {
            moving.Cancel();
            await moves;

            // Not by the task: that it is over is said before the task has ended.
            if (!_ended.IsCancellationRequested)
            {
                await HandOnAsync();
                await LingerAsync(handedOn);
            }
        }
        finally
        {
            // Answers that are still on their way would bring shards back, or new ones, after it was said that all are settled.
            _ended.Cancel();
            await watching;
            await renewing;
        }

        var isDown = await renewing;
        if (!isDown)
        {
            await LeaveAsync();
        }

        return isDown;
    }

    public void Dispose()
    {
        _ended.Dispose();
        Watch.Dispose();
    }

    private async Task<bool> RenewAsync()
    {
        try
        {
            return await _renewal.RunAsync(_ended.Token);
        }
        finally
        {
            // Nothing else has a reason to go on. First this, by which it is known that there is nothing to hand on.
            _ended.Cancel();
            _over.TrySetResult();
        }
    }

    /// <summary>Hands everything on to others, or answers for the last time. Whatever fails, it ends within its limit.</summary>
    private async Task HandOnAsync()
    {
        using var limit = new CancellationTokenSource(_parts.Options.LeaveLimit, _parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _ended.Token);
        try
        {
            await _moves.MoveAllAsync(either.Token);
            var left = _parts.Shards.All.Where(shard => shard.IsServing && shard.Drain()).ToList();
            await Task.WhenAll(left.Select(shard => _parts.Host.DrainAsync(shard, _parts.Options.DrainLimit)));
        }
        catch (Exception failure)
        {
            _parts.Log.NotLeft(failure, FailureReason.Of(failure));
        }
    }

    private async Task LingerAsync(Func<Task>? handedOn)
    {
        if (handedOn is not null)
        {
            await handedOn();
            await HandOnAsync();
        }
    }

    /// <summary>Closes what is left, and says that the life is over. Nothing else runs by now.</summary>
    private async Task LeaveAsync()
    {
        var now = _parts.Time.GetTimestamp();
        var rest = _parts.Shards.LoseAll();
        _parts.Lease.End();
        _parts.Follow((rest, []));

        // What was given up or taken without an answer may be its own too: only what it knows to be settled is called so.
        var settled = rest.Where(shard => now >= shard.SettlesAt).Select(shard => shard.Number);
        var unsettled = Enumerable.Range(0, Shards.Count).Except(settled);
        try
        {
            // Its own limit: however long handing on took, that it has left should be known.
            using var limit = _parts.CallLimit();
            await _parts.Table.LeaveAsync(Self, [.. unsettled], limit.Token);
            _parts.Log.HasLeft(Self.Value);
        }
        catch (Exception failure)
        {
            _parts.Log.NotLeft(failure, FailureReason.Of(failure));
        }
    }
}

internal static partial class MemberLifeLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "member.left: incarnation {incarnation} has handed its shards on")]
    public static partial void HasLeft(this ILogger log, long incarnation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "member.left: leaving was not recorded; the others will notice the silence: {reason}")]
    public static partial void NotLeft(this ILogger log, Exception failure, string reason);
}
