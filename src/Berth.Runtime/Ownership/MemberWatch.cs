using Berth.Pools;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Ownership;

/// <summary>Watches the table for one life of a member: whose counters stand still, which shards nobody serves, what went back in time.</summary>
internal sealed class MemberWatch(MemberParts parts, Incarnation self, Action<ClusterView> publish) : IDisposable
{
    /// <summary>One look at a time: the loop's own, or one that another member asked for.</summary>
    private readonly SemaphoreSlim _looking = new(1);
    private readonly MemberSightings _sightings = new(parts.Time, parts.Options);
    private readonly DeathEvidence _evidence = new(parts.Options, parts.CallLimit, parts.Log);
    private readonly Takeover _takeover = new(parts, self);

    /// <summary>Looks until <paramref name="stop"/>.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(parts.Options.WatchEvery, parts.Time);
        using var ending = stop.Register(timer.Dispose);
        do
        {
            await LookAsync(stop);
        }
        while (!stop.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None));

        // One that was asked for may still be under way, and takes what it finds.
        await _looking.WaitAsync(CancellationToken.None);
        _looking.Release();
    }

    /// <summary>Reads the table once and takes what is to be taken. Fails by a line in the log only.</summary>
    public async Task LookAsync(CancellationToken stop)
    {
        await _looking.WaitAsync(CancellationToken.None);
        try
        {
            if (!stop.IsCancellationRequested)
            {
                await ReadAsync();
            }
        }
        catch (Exception failure)
        {
            parts.Log.NotRead(failure, failure.Message);
        }
        finally
        {
            _looking.Release();
        }
    }

    public void Dispose() => _looking.Dispose();

    private async Task ReadAsync()
    {
        var askedAt = parts.Time.GetTimestamp();
        ClusterTable table;
        using (var limit = parts.CallLimit())
        {
            table = await parts.Table.ReadAsync(limit.Token);
        }

        _sightings.Look(table, askedAt);
        FindLoss(table);

        // What was handed on to this member is served from here, and not from its next renewal.
        parts.Follow(parts.Shards.Take(
            [.. table.Shards.Where(row => row.Owner == self).Select(row => new OwnedShard(row.Shard, row.Epoch, row.FormerLease))]));
        await _evidence.LookAsync(table, self);
        var view = new ClusterView(
            table, self, member => _sightings.IsSilent(member) || _evidence.IsDead(member), _sightings.IsSettled);
        publish(view);
        await _takeover.ConsiderAsync(view);
    }

    /// <summary>Epochs only grow. A smaller one than was seen before means that the store has forgotten what it answered.</summary>
    private void FindLoss(ClusterTable table)
    {
        foreach (var shard in table.Shards)
        {
            var newest = parts.Shards.See(shard);
            if (shard.Epoch.Value < newest.Value)
            {
                parts.Host.Withhold(shard.Shard, $"shard {shard.Shard} was at epoch {newest.Value} and is at {shard.Epoch.Value}");
            }
        }
    }
}

internal static partial class MemberWatchLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster.unread: the membership table could not be read or changed: {reason}")]
    public static partial void NotRead(this ILogger log, Exception failure, string reason);
}
