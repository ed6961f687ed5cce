using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Ownership;

/// <summary>
/// A member may be refused because of one that is dead, where nobody is left to notice: a lone one that crashed and starts again at
/// another address. So whoever is refused because of another member watches it for its lease, as any member would, and marks it
/// down if it was silent.
/// </summary>
internal sealed class JoinPatience(MemberParts parts)
{
    private readonly MemberSightings _sightings = new(parts.Time, parts.Options);
    private readonly long _since = parts.Time.GetTimestamp();

    /// <summary>Looks once. False: those who are in the way live, or nobody is.</summary>
    public async ValueTask<bool> LookAsync(JoinRefusal refusal)
    {
        if (refusal is not (JoinRefusal.NameTaken or JoinRefusal.OtherPolicy or JoinRefusal.Full))
        {
            return false;
        }

        var askedAt = parts.Time.GetTimestamp();
        using var limit = parts.CallLimit();
        var table = await parts.Table.ReadAsync(limit.Token);
        _sightings.Look(table, askedAt);
        var up = table.Members.Where(member => member.State == MemberState.Up).ToList();
        foreach (var silent in up.Where(_sightings.IsSilent))
        {
            parts.Log.FoundDead(silent.Card.Name, silent.Incarnation.Value);
            await parts.Table.DownAsync(silent.Incarnation, limit.Token);
        }

        return up.Count == 0 || parts.Time.GetElapsedTime(_since) <= up.Max(member => member.Card.Lease) + parts.Options.CallLimit;
    }
}

internal static partial class JoinPatienceLog
{
    [LoggerMessage(
        Level = LogLevel.Warning, Message = "member.joining: {member}, incarnation {incarnation}, was silent for its whole lease and is marked down")]
    public static partial void FoundDead(this ILogger log, string member, long incarnation);
}
