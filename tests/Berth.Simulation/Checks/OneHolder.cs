using Berth.Pools;
using Berth.Simulation.Cluster;
using Berth.Simulation.Model;

namespace Berth.Simulation.Checks;

/// <summary>By what they were told, never more nodes hold seats of a license at once than it has, or had until lately.</summary>
internal sealed class OneHolder(ClusterModel model) : Check
{
    /// <summary>So long after a license was made smaller its holders may still lean on what they were told before.</summary>
    private static readonly TimeSpan _lately = TimeSpan.FromMinutes(3);

    /// <inheritdoc/>
    public override void OnAnswered(NodeRequest request, RoutedAnswer answer)
    {
        if (model.WentBack
            || request.Command is not ClaimSeat { Node: var node }
            || LicenseOf(answer.Reply) is not { } license
            || model.Ledger.PoolOf(request.Pool) is not { } pool
            || model.Beliefs.NodeOf(request.Pool, node.Value)?.BeliefIn(license.Value)?.IsOver(model.Now) != false)
        {
            return;
        }

        var holders = model.Beliefs.HoldersOf(request.Pool, license.Value, model.Now);
        var since = model.Now - (pool.LongestTtl > _lately ? pool.LongestTtl : _lately);
        var seats = pool.LicenseOf(license.Value)?.MostSeatsSince(since) ?? 0;
        if (holders.Count > seats)
        {
            var all = string.Join("; ", holders.Select(held => FormattableString.Invariant($"{held} until {held.Until(model.Now)}")));
            Violated(FormattableString.Invariant(
                $"pool {pool.Name}: license {license} has {seats} seats and {holders.Count} holders, now that {answer.Member} at epoch ")
                + FormattableString.Invariant($"{answer.Epoch.Value} said {answer.Reply} to #{request.Number}, sent at {request.SentAt}: {all}"));
        }
    }

    private static LicenseId? LicenseOf(PoolReply reply) => reply switch
    {
        Granted granted => granted.License,
        Renewed renewed => renewed.License,
        _ => null,
    };
}
