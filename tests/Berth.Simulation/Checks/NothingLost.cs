using Berth.Pools;
using Berth.Simulation.Cluster;
using Berth.Simulation.Model;

namespace Berth.Simulation.Checks;

/// <summary>What is answered is durable, and what was promised is kept.</summary>
internal sealed class NothingLost : Check
{
    private readonly ClusterModel _model;

    public NothingLost(ClusterModel model)
    {
        _model = model;
        model.Ledger.Happening += CheckExpiry;
        model.Beliefs.Answering += CheckAnswer;
    }

    /// <summary>What an owner says is true in the journal.</summary>
    public override void OnGiven(GivenAnswer answer)
    {
        if (!_model.WentBack && _model.Ledger.PoolOf(answer.Pool) is { } pool && Flaw(pool, answer) is { } flaw)
        {
            Violated(FormattableString.Invariant(
                $"pool {pool.Name}: {answer.Member.Name} at epoch {answer.Epoch.Value} answered {answer.Reply} to {answer.Command}, which came at {answer.ArrivedAt}: {flaw}"));
        }
    }

    private static bool IsLost(Belief belief, PoolReply reply) =>
        reply is not Granted granted || granted.License.Value != belief.License || (belief.Grant is { } grant && grant != granted.Number);

    private static string? Flaw(PoolLedger pool, GivenAnswer answer) => (answer.Command, answer.Reply) switch
    {
        (ClaimSeat claim, Granted granted) => WasGranted(pool, claim.Node.Value, granted) ? null
            : "no such grant is committed, so that it was answered before it was durable",
        (ClaimSeat claim, Renewed renewed) => WasLive(pool, claim.Node.Value, renewed.License.Value, answer.ArrivedAt) ? null
            : $"since then it held {Last(pool, claim.Node.Value)}",
        (ReleaseSeat release, Released) => HasEnded(pool, release.Node.Value, ClaimEnd.Released, answer.ArrivedAt) ? null
            : $"its claim is {Last(pool, release.Node.Value)}",
        (TakeSeat take, Released) => HasEnded(pool, take.Node.Value, ClaimEnd.Taken, answer.ArrivedAt) ? null
            : $"its claim is {Last(pool, take.Node.Value)}",
        (_, Changed) => WasChanged(pool, answer) ? null : "no such change is committed",
        _ => null,
    };

    private static bool WasGranted(PoolLedger pool, string node, Granted granted)
    {
        var claims = pool.ClaimsOf(node);
        for (var i = claims.Count - 1; i >= 0; i--)
        {
            if (claims[i].Number <= granted.Number)
            {
                return claims[i].Number == granted.Number && claims[i].License == granted.License.Value;
            }
        }

        return false;
    }

    private static bool WasLive(PoolLedger pool, string node, string license, TimeSpan since)
    {
        var claims = pool.ClaimsOf(node);
        for (var i = claims.Count - 1; i >= 0 && claims[i].WasLiveSince(since); i--)
        {
            if (claims[i].License == license)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasEnded(PoolLedger pool, string node, ClaimEnd how, TimeSpan since)
    {
        var claims = pool.ClaimsOf(node);
        for (var i = claims.Count - 1; i >= 0 && claims[i].WasLiveSince(since); i--)
        {
            if (claims[i].End == how)
            {
                return true;
            }
        }

        return false;
    }

    private static bool WasChanged(PoolLedger pool, GivenAnswer answer) => answer.Command switch
    {
        AddLicenses add => add.Licenses.All(license => pool.LicenseOf(license.Id.Value)?.AddedAt >= answer.ArrivedAt),
        RemoveLicense remove => pool.LicenseOf(remove.Id.Value)?.RemovedAt >= answer.ArrivedAt,
        ChangeLicense change => pool.LicenseOf(change.License.Id.Value)?.ChangedAt >= answer.ArrivedAt,
        SetPolicyException set => pool.Exception.WasSince(set.Exception, answer.ArrivedAt),
        SetClusterPolicy set => pool.ClusterPolicy.WasSince(set.Policy, answer.ArrivedAt),
        _ => true,
    };

    private static string Last(PoolLedger pool, string node) => pool.ClaimsOf(node) is [.., var last] ? last.ToString() : "nothing";

    /// <summary>
    /// An owner that was taken for dead and lives says until its lease ends what it knows: nothing of seats given since by its successor. The
    /// node has its seat all the same, and can tell by the epoch.
    /// </summary>
    private static bool IsOfBefore(Belief belief, RoutedAnswer answer) =>
        answer.Reply is NoSeatFree && answer.Epoch.Value > 0 && answer.Epoch.Value < belief.Epoch.Value;

    /// <summary>Then its holders may have to move, and find no other seat.</summary>
    private bool HasShrunk(PoolLedger pool, string license) =>
        pool.LicenseOf(license)?.ShrunkAt + (pool.LongestTtl + TimeSpan.FromMinutes(3)) > _model.Now;

    /// <summary>What a node is told fits what it was told before.</summary>
    private void CheckAnswer(NodeRequest request, RoutedAnswer answer)
    {
        if (_model.WentBack
            || request.Command is not ClaimSeat claim
            || answer.Reply is not (Granted or NoSeatFree)
            || _model.Ledger.PoolOf(request.Pool) is not { } pool
            || _model.Beliefs.NodeOf(request.Pool, claim.Node.Value) is not { } node)
        {
            return;
        }

        foreach (var belief in node.Beliefs)
        {
            if (belief.Until(_model.Now) is { } until && belief.Since < request.SentAt && IsLost(belief, answer.Reply)
                && !IsOfBefore(belief, answer)
                && !HasShrunk(pool, belief.License))
            {
                Violated(FormattableString.Invariant(
                    $"pool {pool.Name}: {belief}, until {until}, and was told {answer.Reply} by ")
                    + FormattableString.Invariant($"{answer.Member} at epoch {answer.Epoch.Value} to #{request.Number}, sent at {request.SentAt}: its claim is lost"));
            }
        }
    }

    private void CheckExpiry(CommittedAppend append, PoolEvent happened)
    {
        if (!_model.WentBack
            && happened is ClaimExpired expired
            && _model.Beliefs.NodeOf(append.Pool.Name, expired.Node.Value)?.BeliefIn(expired.License.Value) is { } belief
            && belief.Until(_model.Now) is { } until)
        {
            Violated(FormattableString.Invariant(
                $"pool {append.Pool.Name}: {append.Call.Process.Name} at epoch {append.Batch.Epoch.Value} expired grant {expired.Number} of {expired.License}, but {belief}, until {until}"));
        }
    }
}
