namespace Berth.Runtime.Ownership;

/// <summary>
/// What one member has seen of the others' counters, on its own monotonic clock. A counter that stood still for the whole lease of
/// its member, from after it was first seen until before it was asked for again, is a death that nobody else needs to confirm:
/// the table compares the counter once more. Who could not look himself for a good part of that time has seen nothing stand still: while
/// the store is away nobody can renew, and when it is back everybody would find everybody else dead.
/// </summary>
internal sealed class MemberSightings(TimeProvider time, OwnershipOptions options)
{
    /// <summary>However short a lease is, so many looks may fail in a row.</summary>
    private const int LooksInGap = 4;

    private readonly Dictionary<Incarnation, Sighting> _seen = [];

    /// <summary>Takes a reading of the table.</summary>
    /// <param name="table">What was read.</param>
    /// <param name="askedAt">The monotonic timestamp before it was asked for.</param>
    public void Look(ClusterTable table, long askedAt)
    {
        var now = time.GetTimestamp();
        foreach (var gone in _seen.Keys.Except(table.Members.Where(member => member.State == MemberState.Up).Select(member => member.Incarnation)).ToList())
        {
            _seen.Remove(gone);
        }

        foreach (var member in table.Members)
        {
            if (member.State != MemberState.Up)
            {
                continue;
            }

            if (!_seen.TryGetValue(member.Incarnation, out var seen))
            {
                _seen.Add(member.Incarnation, new Sighting(member.Counter, now, now, askedAt));
            }
            else if (seen.Counter != member.Counter || time.GetElapsedTime(seen.AskedAt, askedAt) > LongestGap(member))
            {
                _seen[member.Incarnation] = seen with { Counter = member.Counter, SeenAt = now, AskedAt = askedAt };
            }
            else
            {
                _seen[member.Incarnation] = seen with { AskedAt = askedAt };
            }
        }
    }

    /// <summary>The member's counter has stood still for its whole lease.</summary>
    public bool IsSilent(MemberRow member) =>
        _seen.TryGetValue(member.Incarnation, out var seen)
        && seen.Counter == member.Counter
        && seen.AskedAt > seen.SeenAt
        && time.GetElapsedTime(seen.SeenAt, seen.AskedAt) >= member.Card.Lease;

    /// <summary>The member is known for long enough to be given shards that others serve well.</summary>
    public bool IsSettled(MemberRow member) =>
        _seen.TryGetValue(member.Incarnation, out var seen)
        && time.GetElapsedTime(seen.FirstAt) >= options.NewcomerDelayOf(member.Crashes);

    /// <summary>The longest time between two looks in which a member may be said to have been watched.</summary>
    private TimeSpan LongestGap(MemberRow member) =>
        member.Card.Lease / 2 > options.WatchEvery * LooksInGap ? member.Card.Lease / 2 : options.WatchEvery * LooksInGap;

    /// <param name="Counter">The newest counter seen.</param>
    /// <param name="FirstAt">When the incarnation was seen first.</param>
    /// <param name="SeenAt">After this counter had been read for the first time.</param>
    /// <param name="AskedAt">Before it was asked for the last time.</param>
    private sealed record Sighting(long Counter, long FirstAt, long SeenAt, long AskedAt);
}
