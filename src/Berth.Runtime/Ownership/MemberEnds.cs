using System.Collections.Concurrent;

namespace Berth.Runtime.Ownership;

/// <summary>
/// Tells those who wait for a member that it was found dead: its answer would come late or never. One that left answers what it has, and
/// is waited for.
/// </summary>
internal sealed class MemberEnds(Func<ClusterView> newest)
{
    private readonly ConcurrentDictionary<Incarnation, CancellationTokenSource> _ends = new();

    /// <summary>Cancelled once the member was found dead.</summary>
    public CancellationToken Of(Incarnation member)
    {
        if (_ends.TryGetValue(member, out var known))
        {
            return known.Token;
        }

        var token = _ends.GetOrAdd(member, _ => new CancellationTokenSource()).Token;

        // It may have been found dead since the caller saw it alive.
        Follow(newest());
        return token;
    }

    /// <summary>Takes a new view.</summary>
    public void Follow(ClusterView view)
    {
        foreach (var member in _ends.Keys.Where(member => view.LiveMember(member) is null))
        {
            if (_ends.TryRemove(member, out var end) && view.Table.Members.FirstOrDefault(row => row.Incarnation == member)?.State != MemberState.Left)
            {
                end.Cancel();
            }
        }
    }
}
