using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Adds license files to a pool.</summary>
internal static class AddVerb
{
    private static readonly Flag _file = new("file", FlagKind.List, "a license file, or a folder of *.lic files");
    private static readonly Flag _key = new("key", FlagKind.List, "the license key of each file, in the same order") { Secret = true };
    private static readonly Flag _keys = new("keys", FlagKind.Text, "a file with lines of path, tab and key");
    private static readonly Flag _seats = new("seats", FlagKind.Text, "seats of each license, up to its machines: a number, or max");

    public static readonly Verb Definition = new(
        "add",
        "[FILE or FOLDER]...",
        "Add license files; without keys given, X.key beside X.lic has it",
        [_file, _key, _keys, VerbFlags.PublicKey, VerbFlags.Pool, _seats],
        RunAsync)
    {
        RelayRequires = [_file, _key, VerbFlags.PublicKey],
    };

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var places = call.Settings.List(_file).Concat(call.Shell.IsRelay ? [] : call.Words).ToList();
        var list = call.Settings.Text(_keys);
        if (places.Count == 0 && list is null)
        {
            throw CommandFailedException.Usage("name a license file or a folder of them");
        }

        var publicKey = VerbFlags.ReadPublicKey(call) ?? throw CommandFailedException.Usage("--public-key is missing");
        var pairs = LicensePairs.Find(places, call.Settings.List(_key), list);
        if (pairs.Count == 0)
        {
            throw new CommandFailedException("there are no *.lic files", ExitCode.NotFound);
        }

        var (seats, all) = Seats(call);
        var request = new AddLicensesRequest(null, publicKey, call.Settings.Text(VerbFlags.Pool), seats, all);
        await using var reach = await Reach.ForWritingAsync(call);
        return await AddAllAsync(call, reach.Administration, pairs, request);
    }

    private static async Task<ExitCode> AddAllAsync(
        Call call, IAdministration administration, IReadOnlyList<LicensePair> pairs, AddLicensesRequest request)
    {
        var all = new List<AddedLicense>();
        CommandFailedException? failure = null;
        using (var progress = new ProgressLine(call.Shell, "adding license", pairs.Count))
        {
            // The next files are read while those before are verified and written.
            var loading = Task.Run(() => LicenseUploads.Load(pairs, 0), call.Shell.Stop);
            for (var at = 0; at < pairs.Count && failure is null;)
            {
                call.Shell.Stop.ThrowIfCancellationRequested();
                var (uploads, unreadable) = await loading;
                var next = at + uploads.Count;
                loading = Task.Run(() => LicenseUploads.Load(pairs, next), call.Shell.Stop);
                failure = unreadable;
                if (uploads.Count > 0)
                {
                    var answer = await administration.AddLicensesAsync(request with { Licenses = uploads }, call.Shell.Stop);
                    var added = answer.IsGood ? answer.Value.Added : answer.Problem.Added ?? [];
                    failure = answer.IsGood ? failure : Failure(call, pairs, at + added.Count, answer.Problem);
                    all.AddRange(added);
                    Say(call, added);
                }

                at = next;
                progress.Show(all.Count);
            }
        }

        if (call.Json)
        {
            CliJson.Write(call.Shell, new AddedLicenses(all), CliJson.Readable.AddedLicenses);
        }

        return failure is null ? ExitCode.Done : throw failure;
    }

    private static void Say(Call call, IReadOnlyList<AddedLicense> added)
    {
        foreach (var license in call.Json ? [] : added)
        {
            var done = license.Renewed && !call.Shell.IsRelay ? "renewed" : "added";
            call.Shell.Say($"license {done} successfully: {license.Id}");
        }

        var now = call.Shell.Time.GetUtcNow();
        foreach (var license in call.Shell.IsRelay ? [] : added.Where(license => license.ExpiresAt < now))
        {
            call.Shell.Error.WriteLine($"warning: license {license.Id} ended at {license.ExpiresAt:u}: it gives no seats where expiry is enforced");
        }
    }

    private static CommandFailedException Failure(Call call, IReadOnlyList<LicensePair> pairs, int culprit, Problem problem)
    {
        var failure = Answers.Failure(problem);
        return call.Shell.IsRelay || pairs.Count == 1 || culprit >= pairs.Count
            ? failure
            : new CommandFailedException($"{pairs[culprit].File}: {failure.Message}", failure.Code);
    }

    private static (int? Seats, bool All) Seats(Call call) => call.Settings.Text(_seats) switch
    {
        null => (null, false),
        "max" => (null, true),
        var text => FlagValue.Number(text) is { } number and > 0
            ? (number, false)
            : throw CommandFailedException.Usage($"invalid argument {GoText.Quote(text)} for \"--seats\" flag: must be a number above 0, or max"),
    };
}
