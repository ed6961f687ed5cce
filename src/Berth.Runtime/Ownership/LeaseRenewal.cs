using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Ownership;

/// <summary>Keeps one life of a member up: a loop that renews and does nothing else, so that nothing else can keep it.</summary>
internal sealed class LeaseRenewal(MemberParts parts, Incarnation self, Action changed)
{
    /// <summary>The counter that the last renewal was answered with.</summary>
    private long _counter;

    /// <summary>Renews until the life is over, or <paramref name="stop"/>. True: the table says that this incarnation has ended.</summary>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(parts.Lease.Length / OwnershipOptions.RenewalsPerLease, parts.Time);
        using var ending = stop.Register(timer.Dispose);
        do
        {
            if (await RenewAsync())
            {
                return true;
            }
        }
        while (!stop.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None));
        return false;
    }

    private async Task<bool> RenewAsync()
    {
        var sent = parts.Lease.Read();
        RenewResult result;
        try
        {
            using var limit = parts.CallLimit();
            result = await parts.Table.RenewAsync(self, limit.Token);
        }
        catch (Exception failure)
        {
            parts.Log.NotRenewed(failure, FailureReason.Of(failure));
            return false;
        }

        if (!result.Up)
        {
            parts.Lease.End();
            parts.Follow((parts.Shards.LoseAll(), []));
            parts.Log.IsDown(self.Value);
            changed();
            return true;
        }

        Accept(result, sent);
        return false;
    }

    private void Accept(RenewResult result, ClockReading sent)
    {
        parts.Host.FeatureLevel = result.FeatureLevel;
        if (result.Counter <= _counter)
        {
            // Before anything is taken that is named: it may come from before.
            parts.Host.Loss.See($"this member had renewed its lease {_counter} times, and the next time was its {result.Counter}th");
        }

        _counter = result.Counter;

        // What was lost is closed before the lease counts as renewed.
        var change = parts.Shards.Accept(result.Owned, sent.Timestamp);
        var lapsed = !parts.Lease.MayAnswer;
        parts.Host.LookAtClock();
        parts.Lease.Renewed(sent);
        parts.Follow(change);
        parts.Host.OpenAgain();
        if (lapsed || change.Lost.Count > 0 || change.Taken.Count > 0)
        {
            changed();
        }
    }
}

internal static partial class LeaseRenewalLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "lease.late: the renewal failed: {reason}")]
    public static partial void NotRenewed(this ILogger log, Exception failure, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "member.down: incarnation {incarnation} has ended; joining again")]
    public static partial void IsDown(this ILogger log, long incarnation);
}
