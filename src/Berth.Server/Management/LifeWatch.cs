using Berth.Protocol;
using Berth.Runtime.Ownership;

namespace Berth.Server.Management;

/// <summary>What became of a member that was watched.</summary>
internal enum LifeSign
{
    /// <summary>It has renewed its lease, or nobody can say that it has not.</summary>
    Lives,

    /// <summary>It has been silent for its whole lease, or its process has ended.</summary>
    Silent,

    /// <summary>The table says that it is over.</summary>
    Over,
}

/// <summary>
/// Watches whether one member lives, as the member that was asked sees it: an operator who has just seen a machine die need not come
/// back once its lease has ended.
/// </summary>
internal sealed class LifeWatch(ClusterSteering over)
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(50);

    /// <summary>What a look at the table may be late.</summary>
    private static readonly TimeSpan _slack = TimeSpan.FromSeconds(2);

    /// <summary>Watches until there is a sign, and no longer than the member's lease and two seconds.</summary>
    /// <param name="member">As the table has it now.</param>
    /// <param name="stop">Nobody waits for it any more.</param>
    public async Task<LifeSign> WatchAsync(MemberRow member, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(_look, over.Time);
        var (since, isKnown) = (over.Time.GetTimestamp(), false);
        do
        {
            var view = over.View();
            var row = view.Table.Members.FirstOrDefault(seen => seen.Incarnation == member.Incarnation);
            if (view.Self.Value == 0 || row?.Counter > member.Counter)
            {
                return LifeSign.Lives;
            }

            if (isKnown && row is not { State: MemberState.Up })
            {
                return LifeSign.Over;
            }

            isKnown = row is not null;
            if (ClusterViews.Seen(member, view) is MemberSights.Silent)
            {
                return LifeSign.Silent;
            }
        }
        while (over.Time.GetElapsedTime(since) < member.Card.Lease + _slack && await timer.WaitForNextTickAsync(stop));
        return LifeSign.Lives;
    }
}
