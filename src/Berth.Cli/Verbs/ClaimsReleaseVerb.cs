using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>The same as <c>holders release</c>, for whoever looks at claims: it shows the claim and asks first.</summary>
internal static class ClaimsReleaseVerb
{
    private static readonly Flag _yes = new("yes", FlagKind.Switch, "do it without being asked");

    public static readonly Verb Definition = new(
        "claims release",
        "POOL FINGERPRINT",
        "Take a node's seat away, at once and on the record; it asks first",
        [HoldersReleaseVerb.Reason, HoldersReleaseVerb.CoolDown, _yes],
        RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var (pool, node) = call.Words is [var first, var second]
            ? (first, second)
            : throw CommandFailedException.Usage("name one pool and one fingerprint: 'claims ls' lists them; - is the pool without a name");
        var request = HoldersReleaseVerb.Request(call);
        var sure = call.Settings.Switch(_yes) == true;
        await using var reach = await Reach.ForWritingAsync(call);
        if (!sure)
        {
            var found = await reach.Administration.Holders.FindAsync(node, pool, call.Shell.Stop).OrFailAsync();
            await AskAsync(call, found.Holders[0]);
        }

        await HoldersReleaseVerb.ReleaseAsync(call, reach.Administration.Holders, pool, node, request);
        return ExitCode.Done;
    }

    private static async Task AskAsync(Call call, HolderEntry claim)
    {
        var what = $"node {claim.Fingerprint} loses its seat of license {claim.License} in pool {claim.Pool}, held since {LicenseTable.Time(claim.Since)}";
        if (call.Shell.In is not { } input)
        {
            throw CommandFailedException.Usage($"{what}: say --yes to do it");
        }

        call.Shell.Out.Write($"{what}; its next renewal is refused.\nType yes to do it: ");
        await call.Shell.Out.FlushAsync(call.Shell.Stop);
        if (await input.ReadLineAsync(call.Shell.Stop) is not "yes")
        {
            throw new CommandFailedException("nothing was done", ExitCode.Refused);
        }
    }
}
