using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Ownership;

/// <summary>
/// Evidence that a member's process has ended, asked for where its counter has not moved since the last look, and
/// believed the second time. Where it cannot be asked for there is none: silence counts all the same.
/// </summary>
internal sealed class DeathEvidence(OwnershipOptions options, Func<CancellationTokenSource> limitOf, ILogger log)
{
    private readonly Dictionary<Incarnation, (long Counter, int Times)> _seen = [];

    /// <summary>Looks for evidence about the members of the table, within one limit for all of them.</summary>
    public async ValueTask LookAsync(ClusterTable table, Incarnation self)
    {
        if (options.FindEvidence is not { } find)
        {
            return;
        }

        using var limit = limitOf();
        foreach (var member in table.Members)
        {
            if (member.State != MemberState.Up || member.Incarnation == self)
            {
                _seen.Remove(member.Incarnation);
            }
            else if (!_seen.TryGetValue(member.Incarnation, out var seen) || seen.Counter != member.Counter)
            {
                _seen[member.Incarnation] = (member.Counter, 0);
            }
            else
            {
                _seen[member.Incarnation] = (member.Counter, await FindAsync(find, member, limit.Token) ? seen.Times + 1 : 0);
            }
        }
    }

    /// <summary>The evidence was there twice in a row, with the same counter.</summary>
    public bool IsDead(MemberRow member) =>
        _seen.TryGetValue(member.Incarnation, out var seen) && seen.Counter == member.Counter && seen.Times >= 2;

    private async ValueTask<bool> FindAsync(Func<MemberRow, CancellationToken, ValueTask<bool>> find, MemberRow member, CancellationToken limit)
    {
        try
        {
            return await find(member, limit);
        }
        catch (Exception failure)
        {
            log.NotAsked(member.Card.Name, failure.Message);
            return false;
        }
    }
}

internal static partial class DeathEvidenceLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "member.evidence: whether {member} has ended cannot be asked: {reason}")]
    public static partial void NotAsked(this ILogger log, string member, string reason);
}
