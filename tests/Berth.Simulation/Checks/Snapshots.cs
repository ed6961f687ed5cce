using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Simulation.Kernel;
using Berth.Simulation.Model;

namespace Berth.Simulation.Checks;

/// <summary>A snapshot stands for exactly what the events up to its version come to.</summary>
internal sealed class Snapshots(ClusterModel model) : Check
{
    private readonly Dictionary<string, List<SnapshotPart>> _parts = new(StringComparer.Ordinal);

    /// <summary>Each pool as it was at its last snapshot: going on from there costs each event once more, whatever the number of snapshots.</summary>
    private readonly Dictionary<string, PoolLedger> _former = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override void OnStore(StoreCall call)
    {
        if (call is not { Operation: WriteSnapshot write, Result: AppendResult { Outcome: AppendOutcome.Committed } }
            || model.Ledger.PoolOf(write.Pool) is not { } pool)
        {
            return;
        }

        if (write.Epoch != pool.Epoch || write.Opening != pool.Opening)
        {
            Violated(FormattableString.Invariant(
                $"pool {pool.Name}: {call.Process.Name} wrote a snapshot under ({write.Epoch.Value}, {write.Opening.Value}), the newest is ({pool.Epoch.Value}, {pool.Opening.Value})"));
        }

        if (!_parts.TryGetValue(pool.Name.Value, out var parts) || write.Part.Index == 0)
        {
            _parts[pool.Name.Value] = parts = [];
        }

        parts.Add(write.Part);
        if (parts.Count == write.Part.Count && Flaw(pool, parts) is { } flaw)
        {
            Violated(FormattableString.Invariant(
                $"pool {pool.Name}: the snapshot of {call.Process.Name} at version {write.Part.Version}, epoch {write.Epoch.Value}: {flaw}"));
        }
    }

    /// <inheritdoc/>
    public override void OnWentBack(StoreMark mark)
    {
        _parts.Clear();
        _former.Clear();
    }

    private string? Flaw(PoolLedger pool, List<SnapshotPart> parts)
    {
        var version = parts[0].Version;
        if (!pool.Heads.TryGetValue(version, out var head) || !parts[0].Hash.Span.SequenceEqual(head))
        {
            return "no batch ends there with this hash";
        }

        var state = new PoolState(pool.Name);
        foreach (var part in parts)
        {
            SnapshotCodec.Read(state, part.Bytes.Span);
        }

        var then = PoolAt(pool, version);
        return HeaderFlaw(then, state) ?? LicenseFlaw(then, state) ?? ClaimFlaw(then, state);
    }

    private PoolLedger PoolAt(PoolLedger pool, long version)
    {
        if (!_former.TryGetValue(pool.Name.Value, out var then) || then.Version > version)
        {
            _former[pool.Name.Value] = then = new PoolLedger(pool.Name);
        }

        while (then.Version < version)
        {
            then.Apply(pool.Events[(int)then.Version], TimeSpan.Zero);
        }

        return then;
    }

    private static string? HeaderFlaw(PoolLedger then, PoolState state) =>
        state.Version != then.Version ? FormattableString.Invariant($"it says that it is version {state.Version}")
        : state.Grants != then.LastNumber ? FormattableString.Invariant($"it counts {state.Grants} grants, there were {then.LastNumber}")
        : state.Exception != then.Exception.Now ? $"its exception is {state.Exception}, not {then.Exception.Now}"
        : state.Adopted != then.Adopted ? $"its policy is {state.Adopted}, not {then.Adopted}"
        : state.ClusterPolicy != then.ClusterPolicy.Now ? $"its cluster policy is {state.ClusterPolicy}, not {then.ClusterPolicy.Now}"
        : null;

    private static string? LicenseFlaw(PoolLedger then, PoolState state)
    {
        foreach (var license in state.Licenses)
        {
            if (then.LicenseOf(license.Id.Value) is not { IsThere: true } known
                || known.Seats != license.Seats || known.Retired != license.Retired || known.Held != license.Held)
            {
                return FormattableString.Invariant(
                    $"license {license.Id} has {license.Seats} seats, {license.Held} held, retired {license.Retired}; in the journal it is otherwise");
            }
        }

        var there = then.Licenses.Count(license => license.IsThere);
        return state.LicenseCount == there ? null : FormattableString.Invariant($"it has {state.LicenseCount} licenses, there are {there}");
    }

    private static string? ClaimFlaw(PoolLedger then, PoolState state)
    {
        foreach (var claim in state.Claims)
        {
            if (then.LiveOf(claim.Node.Value) is not { } live || live.Number != claim.Number || live.License != claim.License.Id.Value)
            {
                return FormattableString.Invariant(
                    $"grant {claim.Number} of {claim.License.Id} to {claim.Node} is in it; in the journal the node holds {then.LiveOf(claim.Node.Value)?.ToString() ?? "nothing"}");
            }
        }

        return state.ClaimCount == then.Live.Count
            ? null : FormattableString.Invariant($"it has {state.ClaimCount} claims, {then.Live.Count} are live");
    }
}
