using Berth.Protocol;
using Berth.Runtime.Ownership;

namespace Berth.Server.Management;

/// <summary>What a member saw happen, as the management API shows it.</summary>
internal static class ClusterEvents
{
    public static async ValueTask<Answer<ClusterEventListing>> ReadAsync(ClusterEventRing ring, long after, int waitSeconds, CancellationToken stop)
    {
        if (after < 0 || waitSeconds is < 0 or > ManagementRoutes.MaxWait)
        {
            return Problems.Invalid(
                $"{ManagementRoutes.AfterKey} is the number of an event, 0 or more, and {ManagementRoutes.WaitKey} 0 to {ManagementRoutes.MaxWait} seconds");
        }

        return await ring.ReadAsync(after, TimeSpan.FromSeconds(waitSeconds), stop) is { } page
            ? new ClusterEventListing(Time(page.BeganMs), page.First, page.Last, [.. page.Events.Select(Entry)])
            : new Problem(
                ProblemCodes.TooManyRequests, 429, $"{ClusterEventRing.MaxWaiting} wait for events of this member already: ask without waiting, or another member");
    }

    private static ClusterEventEntry Entry(ClusterEvent happened) => new(
        happened.Number,
        Time(happened.AtMs),
        happened.Kind,
        happened.Member,
        happened.Address,
        happened.Incarnation == 0 ? null : happened.Incarnation,
        happened.Shards == 0 ? null : happened.Shards,
        happened.Shard,
        happened.From,
        happened.Detail);

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
