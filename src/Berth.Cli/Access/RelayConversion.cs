using Berth.Cli.Output;
using Berth.Cli.Verbs;
using Berth.Pools;
using Berth.Protocol;
using Berth.Storage;

namespace Berth.Cli.Access;

/// <summary>Called <c>relay</c>, a database that Keygen Relay made becomes a store in its place, and stays beside it as a copy.</summary>
internal static class RelayConversion
{
    /// <summary>
    /// Only <c>serve</c> knows how long Relay let a node be silent. For any other verb, claims are kept for this long: rather a seat
    /// held a while for nobody than one given twice.
    /// </summary>
    private static readonly TimeSpan _unknownTtl = TimeSpan.FromHours(1);

    /// <summary>For <c>serve</c>: the claims are kept as long as its policy says.</summary>
    public static Task ForServingAsync(Call call, StorageUri uri, PolicyException policy) => RunAsync(call, uri, policy);

    /// <summary>For every other verb.</summary>
    public static Task ForVerbAsync(Call call, StorageUri uri) =>
        RunAsync(call, uri, new PolicyException(call.Settings.Duration(ServeFlags.Ttl) ?? _unknownTtl, null, null));

    private static async Task RunAsync(Call call, StorageUri uri, PolicyException policy)
    {
        if (!call.Shell.IsRelay)
        {
            return;
        }

        await using var takeover = await RelayTakeover.BeginAsync(uri, new StoreOptions { Time = call.Shell.Time });
        if (takeover is null)
        {
            return;
        }

        var run = new RelayImportRun(takeover.Source);
        Refuse(uri, run.Remarks);
        var summary = await BuildAsync(call, takeover, run, policy);
        Refuse(uri, summary.Remarks);
        foreach (var warning in summary.Remarks)
        {
            call.Shell.Error.WriteLine(ImportSummary.Line(warning));
        }

        var backup = takeover.Finish();
        call.Shell.Error.WriteLine(
            $"imported {summary.Licenses} licenses in {summary.Pools} pools, {summary.Claims} claims; the former database is {backup}");
    }

    /// <summary>Fills the new store, and looks whether it holds what it was given.</summary>
    private static async Task<ImportSummary> BuildAsync(Call call, RelayTakeover takeover, RelayImportRun run, PolicyException policy)
    {
        ImportSummary summary;
        await using (var reach = await Reach.OfNewAsync(call, takeover.Target, policy))
        {
            summary = await run.RunAsync(call, reach.Administration.Import, publicKey: null, checkOnly: false);
        }

        // What is recorded as the policy is the default again; the claims keep what they were told.
        await using var again = await Reach.OfNewAsync(call, takeover.Target, new PolicyException(Policy.Default.Ttl, Policy.Default.Strategy, true));
        var pools = await again.Administration.AllPoolsAsync(call.Shell.Stop);
        var (licenses, held) = (pools.Sum(pool => pool.Licenses), pools.Sum(pool => pool.Held));
        return pools.Count == summary.Pools && licenses == summary.Licenses && held == summary.Claims
            ? summary
            : throw new StoreException(
                $"{takeover.Target.Path} has {licenses} licenses in {pools.Count} pools with {held} claims, not {summary.Licenses} in "
                + $"{summary.Pools} with {summary.Claims}: nothing was replaced; please report this");
    }

    private static void Refuse(StorageUri uri, IReadOnlyList<ImportRemark> remarks)
    {
        var losses = remarks.Where(remark => remark.IsLoss).ToList();
        if (losses.Count > 0)
        {
            throw new StoreException(
                $"{uri.Path} is a database of Keygen Relay that cannot be taken over whole: {ImportSummary.Line(losses[0])}"
                + (losses.Count > 1 ? $", and {losses.Count - 1} more" : string.Empty)
                + $"; `berth import --skip-invalid --database NEW {uri.Path}` takes over the rest; nothing was changed");
        }
    }
}
