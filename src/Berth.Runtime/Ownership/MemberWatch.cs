using Berth.Pools;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Ownership;

/// <summary>Watches the table for one life of a member: whose counters stand still, which shards nobody serves, what went back in time.</summary>
internal sealed class MemberWatch : IDisposable
{
    private readonly MemberParts _parts;
    private readonly Incarnation _self;
    private readonly Action<ClusterView> _publish;

    /// <summary>One look at a time: the loop's own, or one that another member asked for.</summary>
    private readonly SemaphoreSlim _looking = new(1);
    private readonly MemberSightings _sightings;
    private readonly DeathEvidence _evidence;
    private readonly Takeover _takeover;
    private readonly ClusterView.Judgment _judgment;
    private volatile ClusterView? _view;

    public MemberWatch(MemberParts parts, Incarnation self, Action<ClusterView> publish)
    {
        _parts = parts;
        _self = self;
        _publish = publish;
        _sightings = new MemberSightings(parts.Time, parts.Options);
        _evidence = new DeathEvidence(parts, self);
        _takeover = new Takeover(parts, self);
        _judgment = new ClusterView.Judgment(member => _sightings.IsSilent(member) || _evidence.IsDead(member), _sightings.IsSettled);
    }

    /// <summary>Looks until <paramref name="stop"/>.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var evidence = _evidence.RunAsync(() => _view?.Table, () => LookAsync(stop), stop);
        using var timer = new PeriodicTimer(_parts.Options.WatchEvery, _parts.Time);
        using var ending = stop.Register(timer.Dispose);
        do
        {
            await LookAsync(stop);
        }
        while (!stop.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None));

        await evidence;

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
            _parts.Log.NotRead(failure, FailureReason.Of(failure));
        }
        finally
        {
            _looking.Release();
        }
    }

    public void Dispose() => _looking.Dispose();

    private async Task ReadAsync()
    {
        var askedAt = _parts.Time.GetTimestamp();
        ClusterTable table;
        using (var limit = _parts.CallLimit())
        {
            table = await _parts.Table.ReadAsync(limit.Token);
        }

        _sightings.Look(table, askedAt);
        if (_parts.Memory.See(table.Members) is [var (member, before), ..])
        {
            _parts.Host.Loss.See($"{member.Card.Name} had renewed its lease {before} times and has {member.Counter} times");
        }

        if (!ReferenceEquals(table.Shards, _view?.Table.Shards))
        {
            FindLoss(table);

            // What was handed on to this member is served from here, and not from its next renewal.
            _parts.Follow(_parts.Shards.Take(
                [.. table.Shards.Where(row => row.Owner == _self).Select(row => new OwnedShard(row.Shard, row.Epoch, row.FormerLease))]));
        }

        _view = new ClusterView(table, _self, _judgment, _view);
        _publish(_view);
        await _takeover.ConsiderAsync(_view);
    }

    /// <summary>Epochs only grow. A smaller one than was seen before means that the store has forgotten what it answered.</summary>
    private void FindLoss(ClusterTable table)
    {
        foreach (var shard in table.Shards)
        {
            var newest = _parts.Memory.See(shard);
            if (shard.Epoch.Value < newest.Value)
            {
                _parts.Host.Loss.Withhold(shard.Shard, $"shard {shard.Shard} was at epoch {newest.Value} and is at {shard.Epoch.Value}");
            }
        }
    }
}

internal static partial class MemberWatchLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster.unread: the membership table could not be read or changed: {reason}")]
    public static partial void NotRead(this ILogger log, Exception failure, string reason);
}
