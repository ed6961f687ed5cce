using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Licensing;

namespace Berth.Cli.Verbs;

/// <summary>Issues license files, each with the key that opens it beside it.</summary>
internal static class LicenseIssueVerb
{
    private const int MaxCount = 1_000_000;
    private const int KeyCharacters = 25;
    private const int KeyGroup = 5;
    private const int FileExists = 17;
    private const string KeyAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    private static readonly Flag _vendorKey =
        new("vendor-key", FlagKind.Text, "the file with the vendor's private key") { BerthVariable = "BERTH_VENDOR_KEY" };

    private static readonly Flag _out = new("out", FlagKind.Text, "the folder to write to, made if missing");
    private static readonly Flag _count = new("count", FlagKind.Number, "how many (1)");
    private static readonly Flag _seats = new("seats", FlagKind.Number, "machines that each license allows (1)");
    private static readonly Flag _expiry = new("expiry", FlagKind.Text, "when the licenses end: a date, a time, or a duration from now (never)");
    private static readonly Flag _ttl = new("ttl", FlagKind.Duration, "how long the files can be added (without end)");
    private static readonly Flag _name = new("name", FlagKind.Text, "a name in the licenses");
    private static readonly Flag _prefix = new("prefix", FlagKind.Text, "how the files' names begin (license-)");

    public static readonly Verb Definition = new(
        "license issue", "", "Issue license files", [_vendorKey, _out, _count, _seats, _expiry, _ttl, _name, _prefix], RunAsync);

    private static Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        var settings = call.Settings;
        var folder = settings.Text(_out) ?? throw CommandFailedException.Usage("--out is missing");
        var keyPath = settings.Text(_vendorKey) ?? throw CommandFailedException.Usage("--vendor-key is missing");
        var count = Within(settings.Number(_count) ?? 1, MaxCount, _count);
        var now = call.Shell.Time.GetUtcNow();
        var template = new LicenseTemplate
        {
            Id = string.Empty,
            Key = string.Empty,
            Name = settings.Text(_name),
            Expiry = settings.Text(_expiry) is { } text ? Expiry(text, now) : null,
            Issued = now,
            Ttl = settings.Duration(_ttl),
            MaxMachines = Within(settings.Number(_seats) ?? 1, MaxCount, _seats),
        };
        try
        {
            var key = VendorKeyFile.Read(keyPath);
            Directory.CreateDirectory(folder);
            Say(call, Issue(call, template, key, Path.Combine(folder, settings.Text(_prefix) ?? "license-"), count), key);
            return Task.FromResult(ExitCode.Done);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CommandFailedException(error.Message, error switch
            {
                FileNotFoundException or DirectoryNotFoundException => ExitCode.NotFound,
                IOException { HResult: FileExists } => ExitCode.Conflict,
                _ => ExitCode.Failed,
            });
        }
        catch (ArgumentException error)
        {
            throw CommandFailedException.Usage(error.Message);
        }
    }

    private static List<IssuedLicense> Issue(Call call, LicenseTemplate template, VendorKey key, string start, int count)
    {
        var issued = new List<IssuedLicense>(count);
        var digits = Math.Max(4, count.ToString(CultureInfo.InvariantCulture).Length);
        using var progress = new ProgressLine(call.Shell, "issuing license", count);
        for (var number = 1; number <= count; number++)
        {
            call.Shell.Stop.ThrowIfCancellationRequested();
            var one = template with { Id = Guid.NewGuid().ToString("D"), Key = NewKey() };
            var name = start + number.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');

            // The key first: a license file without its key would be useless and look complete.
            Write(name + ".key", Encoding.ASCII.GetBytes(one.Key + "\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Write(
                name + ".lic",
                LicenseIssuer.Issue(one, key.Seed, one.Key),
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            issued.Add(new IssuedLicense(one.Id, name + ".lic", name + ".key"));
            progress.Show(number);
        }

        return issued;
    }

    private static void Say(Call call, List<IssuedLicense> issued, VendorKey key)
    {
        if (call.Json)
        {
            CliJson.Write(call.Shell, issued, CliJson.Readable.IReadOnlyListIssuedLicense);
            return;
        }

        foreach (var license in issued)
        {
            call.Shell.Out.WriteLine($"license issued: {license.Id} {license.File}");
        }

        call.Shell.Out.WriteLine($"{issued.Count} issued, to be added with --public-key {key.PublicKeyHex}");
    }

    private static DateTimeOffset Expiry(string text, DateTimeOffset now)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (GoDuration.TryParse(text, out var duration) is null)
        {
            return now + duration;
        }

        return DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFK"], CultureInfo.InvariantCulture, Utc, out var time)
            ? time
            : throw CommandFailedException.Usage(
                $"invalid argument {GoText.Quote(text)} for \"--expiry\" flag: write 2027-01-31, 2027-01-31T12:00:00Z, or a duration such as 720h");
    }

    private static int Within(int number, int most, Flag flag) => number >= 1 && number <= most
        ? number
        : throw CommandFailedException.Usage($"invalid argument \"{number}\" for \"--{flag.Name}\" flag: must be 1 to {most}");

    private static string NewKey()
    {
        var characters = RandomNumberGenerator.GetString(KeyAlphabet, KeyCharacters);
        return string.Join('-', characters.Chunk(KeyGroup).Select(group => new string(group)));
    }

    private static void Write(string path, byte[] bytes, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using var file = new FileStream(path, options);
        file.Write(bytes);
    }
}
