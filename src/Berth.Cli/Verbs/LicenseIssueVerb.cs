using System.Globalization;
using System.Security.Cryptography;
using Berth.Cli.Access;
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

    private static readonly Flag _template = new(
        "template", FlagKind.Text, "a JSON document of the licenses; {n}, {id}, {key} and the columns of --list in its texts are filled in, \"{#x}\" as a number");

    private static readonly Flag _list = new(
        "list", FlagKind.Text, "a CSV file, its first line the columns, then a line for each license: name, expiry, maxMachines, id, key, or what the template uses");

    private static readonly Flag _index = new("index", FlagKind.Text, "the list of files and keys for add --keys, where several are issued (licenses.tsv)");

    public static readonly Verb Definition = new(
        "license issue",
        "",
        "Issue license files",
        [_vendorKey, _out, _count, _template, _list, _seats, _expiry, _ttl, _name, _prefix, _index],
        RunAsync);

    private static Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        var settings = call.Settings;
        var folder = settings.Text(_out) ?? throw CommandFailedException.Usage("--out is missing");
        var keyPath = settings.Text(_vendorKey) ?? throw CommandFailedException.Usage("--vendor-key is missing");
        var prefix = settings.Text(_prefix) ?? "license-";
        if (prefix.Any(char.IsControl))
        {
            throw CommandFailedException.Usage("--prefix holds control characters");
        }

        try
        {
            var key = VendorKeyFile.Read(keyPath);
            var (count, make) = Order(call, key);
            Directory.CreateDirectory(folder);
            var index = count > 1 ? Path.Combine(folder, settings.Text(_index) ?? "licenses.tsv") : null;
            var issued = new LicenseBatch(call.Shell, Path.Combine(folder, prefix), index, count).Write(make);
            Say(call, issued, index, key);
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

    /// <summary>How many licenses, and how each is made.</summary>
    private static (int Count, Func<int, IssuedFile> Make) Order(Call call, VendorKey key)
    {
        var settings = call.Settings;
        var now = call.Shell.Time.GetUtcNow();
        var listPath = settings.Text(_list);
        var count = Within(settings.Number(_count) ?? 1, MaxCount, _count);
        if (listPath is null && settings.Text(_template) is null)
        {
            var template = Plain(settings, now);
            return (count, _ =>
            {
                var one = template with { Id = NewId(), Key = NewKey() };
                return new IssuedFile(one.Id, one.Key, LicenseIssuer.Issue(one, key.Seed, one.Key));
            });
        }

        if (listPath is not null && settings.Find(_count) is not null)
        {
            throw CommandFailedException.Usage("either --count or --list, not both");
        }

        var list = listPath is null ? LicenseList.Of(count) : LicenseList.Read(listPath)
            .With(listPath, "expiry", text => LicenseIssuer.Time(Expiry(text, now)))
            .With(listPath, "maxMachines", text => $"{Within(FlagValue.Number(text) ?? 0, MaxCount, "maxMachines")}");
        var document = Template(settings, list.Columns, now);
        return (Within(list.Rows.Count, MaxCount, _list), number =>
        {
            var row = list.Rows[number - 1];
            try
            {
                return document.Issue(number, NewId(), NewKey(), row.Cells, key.Seed);
            }
            catch (InvalidDataException error)
            {
                throw new InvalidDataException($"{(row.Line > 0 ? $"{listPath}:{row.Line}: " : string.Empty)}license {number}: {error.Message}", error);
            }
        });
    }

    private static LicenseTemplate Plain(Settings settings, DateTimeOffset now) => new()
    {
        Id = string.Empty,
        Key = string.Empty,
        Name = settings.Text(_name),
        Expiry = settings.Text(_expiry) is { } text ? Expiry(text, now) : null,
        Issued = now,
        Ttl = settings.Duration(_ttl),
        MaxMachines = Within(settings.Number(_seats) ?? 1, MaxCount, _seats),
    };

    /// <summary>The document from its file, or, for a list alone, the one that the other flags describe.</summary>
    private static PayloadTemplate Template(Settings settings, IReadOnlyList<string> columns, DateTimeOffset now)
    {
        if (settings.Text(_template) is not { } path)
        {
            return PayloadTemplate.Parse(LicenseIssuer.Document(Plain(settings, now)), columns, now);
        }

        if (new[] { _seats, _expiry, _ttl, _name }.FirstOrDefault(flag => settings.Find(flag) is not null) is { } flag)
        {
            throw CommandFailedException.Usage($"--{flag.Name} and --template exclude each other: write it into {path}");
        }

        using var file = File.OpenRead(path);
        var json = new byte[Math.Min(file.Length, LicenseReader.MaxFileBytes) + 1];
        try
        {
            return PayloadTemplate.Parse(json.AsMemory(0, file.ReadAtLeast(json, json.Length, throwOnEndOfStream: false)), columns, now);
        }
        catch (InvalidDataException error)
        {
            throw CommandFailedException.Usage($"{path}: {error.Message}");
        }
    }

    private static void Say(Call call, IReadOnlyList<IssuedLicense> issued, string? index, VendorKey key)
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

        if (index is not null)
        {
            call.Shell.Out.WriteLine($"{index} lists them with their keys, for add --keys");
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

    private static int Within(int number, int most, Flag flag) => Within(number, most, $"\"--{flag.Name}\" flag");

    private static int Within(int number, int most, string what) => number >= 1 && number <= most
        ? number
        : throw CommandFailedException.Usage($"invalid argument \"{number}\" for {what}: must be 1 to {most}");

    private static string NewId() => Guid.NewGuid().ToString("D");

    private static string NewKey()
    {
        var characters = RandomNumberGenerator.GetString(KeyAlphabet, KeyCharacters);
        return string.Join('-', characters.Chunk(KeyGroup).Select(group => new string(group)));
    }
}
