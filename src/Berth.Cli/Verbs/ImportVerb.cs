using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Licensing;
using Berth.Pools;
using Berth.Storage;

namespace Berth.Cli.Verbs;

/// <summary>Takes over a database of Keygen Relay: pools, licenses, counters, and claims that live on.</summary>
internal static class ImportVerb
{
    private static readonly Flag _dryRun = new("dry-run", FlagKind.Switch, "say what would happen, and write nothing");

    private static readonly Flag _skipInvalid =
        new("skip-invalid", FlagKind.Switch, "leave out what cannot be taken over, instead of refusing all");

    private static readonly Flag _ttl = new("ttl", FlagKind.Duration, "how long Relay let a node be silent (60s, or what is recorded)")
    {
        Short = 't',
        RelayVariables = ["RELAY_LEASE_TTL"],
    };

    public static readonly Verb Definition = new(
        "import",
        "FILE",
        "Take over a database of Keygen Relay, with its live claims",
        [VerbFlags.PublicKey, _dryRun, _skipInvalid, _ttl],
        RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var file = call.Words is [var word] ? word : throw CommandFailedException.Usage("name one file: a database of Keygen Relay");
        var publicKey = VerbFlags.ReadPublicKey(call);
        if (publicKey is not null && !VendorKey.TryParsePublicKey(publicKey, out _))
        {
            throw CommandFailedException.Usage("--public-key is not 64 hexadecimal digits of a key");
        }

        if (StoreChoice.Of(call) is { IsShared: false, Path: var store } && store == StorageUri.OfFile(file).Path)
        {
            throw CommandFailedException.Usage($"{file} is the store itself: name another with --database");
        }

        if (!File.Exists(file))
        {
            throw new CommandFailedException($"there is no file {file}", ExitCode.NotFound);
        }

        using var source = RelayDatabase.Open(file);
        var run = new RelayImportRun(source);
        var dryRun = call.Settings.Switch(_dryRun) == true;
        var strict = call.Settings.Switch(_skipInvalid) != true;
        if (strict && !dryRun)
        {
            Refuse(call, run.Remarks);
        }

        await using var reach = dryRun ? await Reach.ForRehearsalAsync(call) : await Reach.ForWritingAsync(call, Ttl(call));
        await CheckTtlAsync(call, reach);
        var found = await run.RunAsync(call, reach.Administration.Import, publicKey, checkOnly: true);
        if (strict && !dryRun)
        {
            Refuse(call, found.Remarks);
        }

        var summary = dryRun ? found : await run.RunAsync(call, reach.Administration.Import, publicKey, checkOnly: false);
        Show(call, summary with { File = Path.GetFullPath(file) });
        return strict && summary.Remarks.Any(remark => remark.IsLoss) ? ExitCode.Refused : ExitCode.Done;
    }

    private static PolicyException Ttl(Call call)
    {
        var ttl = call.Settings.Duration(_ttl);
        return ttl < Policy.MinTtl || ttl > Policy.MaxTtl
            ? throw CommandFailedException.Usage($"--ttl must be 30s to {Policy.MaxTtl.TotalHours}h")
            : PolicyException.None with { Ttl = ttl };
    }

    /// <summary>A member that serves has its own: claims that were told more would end too soon.</summary>
    private static async Task CheckTtlAsync(Call call, Reach reach)
    {
        var wanted = Ttl(call).Ttl?.TotalMilliseconds;
        if (reach.IsServed && wanted is not null
            && await reach.Administration.ShowPolicyAsync(call.Shell.Stop).OrFailAsync() is { TtlMs: { } told } && told < wanted)
        {
            throw new CommandFailedException(
                $"the member that serves lets a node be silent for {GoDuration.Format(TimeSpan.FromMilliseconds(told))} only, "
                + "and the nodes of Relay may be silent for longer: start it with the same --ttl, then import",
                ExitCode.Conflict);
        }
    }

    private static void Refuse(Call call, IReadOnlyList<Berth.Protocol.ImportRemark> remarks)
    {
        var losses = remarks.Where(remark => remark.IsLoss).ToList();
        if (losses.Count > 0)
        {
            ImportSummary.Remark(call.Shell.Error, losses);
            throw new CommandFailedException(
                "not everything can be taken over: nothing was imported; --skip-invalid leaves these out", ExitCode.Refused);
        }
    }

    private static void Show(Call call, ImportSummary summary)
    {
        if (call.Json)
        {
            CliJson.Write(call.Shell, summary, CliJson.Readable.ImportSummary);
            return;
        }

        if (summary.DryRun)
        {
            call.Shell.Out.WriteLine("nothing was written; this is what an import would do");
        }

        summary.Write(call.Shell);
    }
}
