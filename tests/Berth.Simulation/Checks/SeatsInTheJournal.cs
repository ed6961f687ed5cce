using Berth.Pools;
using Berth.Simulation.Model;

namespace Berth.Simulation.Checks;

/// <summary>What is committed never gives more seats than there are, and ends only what is there.</summary>
internal sealed class SeatsInTheJournal : Check
{
    public SeatsInTheJournal(ClusterModel model) => model.Ledger.Happening += CheckEvent;

    private void CheckEvent(CommittedAppend append, PoolEvent happened)
    {
        if (Flaw(append.Pool, happened) is { } flaw)
        {
            Violated(FormattableString.Invariant(
                $"pool {append.Pool.Name}: version {append.Pool.Version + 1} by {append.Call.Process.Name} at epoch {append.Batch.Epoch.Value}: {happened.GetType().Name} {flaw}"));
        }
    }

    private static string? Flaw(PoolLedger pool, PoolEvent happened) => happened switch
    {
        SeatGranted e => GrantFlaw(pool, e.Node.Value, e.License.Value, e.Number),
        ClaimImported e => GrantFlaw(pool, e.Node.Value, e.License.Value, e.Number),
        SeatReleased e => EndFlaw(pool, e.Node.Value, e.License.Value, e.Number),
        ClaimExpired e => EndFlaw(pool, e.Node.Value, e.License.Value, e.Number),
        SeatTaken e => EndFlaw(pool, e.Node.Value, e.License.Value, e.Number),
        LicenseAdded e when pool.LicenseOf(e.Id.Value) is { IsThere: true } => $"of {e.Id}, which is there",
        LicenseImported e when pool.LicenseOf(e.Id.Value) is { IsThere: true } => $"of {e.Id}, which is there",
        LicenseChanged e when pool.LicenseOf(e.Id.Value) is not { IsThere: true } => $"of {e.Id}, which is not there",
        LicenseRemoved e when pool.LicenseOf(e.Id.Value) is not { IsThere: true, Retired: false } => $"of {e.Id}, which is not there",
        PoolAdded when pool.Version > 0 => "in a pool that is there",
        _ => null,
    };

    private static string? GrantFlaw(PoolLedger pool, string node, string license, long number)
    {
        if (pool.LiveOf(node) is { } live)
        {
            return FormattableString.Invariant($"of {license} to {node}, number {number}: it holds {live}");
        }

        if (number <= pool.LastNumber)
        {
            return FormattableString.Invariant($"of {license} to {node}: number {number} after {pool.LastNumber}");
        }

        return pool.LicenseOf(license) switch
        {
            not { IsThere: true } => $"of {license} to {node}: there is no such license",
            { Retired: true } => $"of {license} to {node}: the license was taken out",
            { } there when there.Held >= there.Seats => FormattableString.Invariant(
                $"of {license} to {node}: {there.Held} hold its {there.Seats} seats"),
            _ => null,
        };
    }

    private static string? EndFlaw(PoolLedger pool, string node, string license, long number) =>
        pool.LiveOf(node) is { } live && live.Number == number && live.License == license
            ? null
            : FormattableString.Invariant($"of grant {number} of {license} to {node}: it holds {pool.LiveOf(node)?.ToString() ?? "nothing"}");
}
