using Berth.Pools;
using Berth.Runtime.Metrics;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;

namespace Berth.Runtime.Routing;

/// <summary>
/// The way of a command through the cluster: decided here if the shard is held here, sent by one hop to its owner otherwise, held
/// while there is none. It is tried again only after an answer that says that nothing happened.
/// </summary>
internal sealed class ClusterRoute(
    LocalPools local, OwnershipSignals signals, HopSender hops, TimeProvider time, RoutingOptions options, TimeSpan lease)
{
    /// <summary>A change may be told late: those who wait look again this often.</summary>
    private static readonly TimeSpan _lookAgain = TimeSpan.FromMilliseconds(250);

    private readonly TimeSpan _decideLimit = options.DecideLimitOf(lease);
    private int _held;

    /// <summary>What is counted.</summary>
    public ClusterMeasures Measures { get; init; } = new();

    public async ValueTask<RoutedReply> SendAsync(PoolName pool, PoolCommand command, Delivery delivery)
    {
        var arrived = time.GetTimestamp();
        var limited = delivery with { NotAfter = Sooner(delivery.NotAfter, arrived + TicksOf(_decideLimit)) };

        // At its first try nothing was held yet: a release at hand is decided however long it takes.
        var now = delivery;
        while (true)
        {
            var seen = signals.Changes;
            var answer = await TryAsync(pool, command, now, limited);
            if (answer.Reply is not NotOwner)
            {
                return answer;
            }

            now = limited;
            var left = options.HoldLimit - time.GetElapsedTime(arrived);
            if (left <= TimeSpan.Zero || IsGone(command, delivery))
            {
                return answer;
            }

            if (!await WaitAsync(seen, left))
            {
                return new RoutedReply(Busy.Instance, null, default);
            }
        }
    }

    private async ValueTask<RoutedReply> TryAsync(PoolName pool, PoolCommand command, Delivery here, Delivery hop)
    {
        var shard = local.ShardOf(pool);
        if (local.Holds(shard))
        {
            return await local.SendAsync(pool, command, here, hop);
        }

        var view = signals.View;
        return view.OwnerOf(shard) is { } owner && owner.Incarnation != view.Self
            ? await HopAsync(owner, pool, command, hop)
            : LocalPools.Nobody;
    }

    private async ValueTask<RoutedReply> HopAsync(MemberRow owner, PoolName pool, PoolCommand command, Delivery delivery)
    {
        var sentAt = time.GetTimestamp();
        var answer = await hops.SendAsync(owner, pool, command, delivery, signals.Ends.Of(owner.Incarnation));
        Measures.Hops.Observe(time.GetElapsedTime(sentAt));
        (answer.Reply switch
        {
            NotOwner => Measures.HopsRefused,
            Unknown => Measures.HopsUnknown,
            _ => Measures.HopsAnswered,
        }).Add();
        return answer;
    }

    /// <summary>A claim that nobody waits for any more is not worth a seat; a release is.</summary>
    private static bool IsGone(PoolCommand command, in Delivery delivery) =>
        command is not ReleaseSeat && delivery.CallerGone.IsCancellationRequested;

    /// <summary>Waits for a change, or a moment. False: too many wait already.</summary>
    private async ValueTask<bool> WaitAsync(long seen, TimeSpan left)
    {
        if (Interlocked.Increment(ref _held) > options.MaxHeld)
        {
            Interlocked.Decrement(ref _held);
            return false;
        }

        await signals.WaitAsync(seen, left < _lookAgain ? left : _lookAgain, time);
        Interlocked.Decrement(ref _held);
        return true;
    }

    private long TicksOf(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private static long Sooner(long notAfter, long limit) => notAfter == 0 ? limit : Math.Min(notAfter, limit);
}
