using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Licensing;

namespace Berth.Cli.Verbs;

/// <summary>Shows what a license file says, as far as the keys at hand allow.</summary>
internal static class LicenseInspectVerb
{
    private const int LabelWidth = 16;

    private static readonly Flag _file = new("file", FlagKind.Text, "the license file");
    private static readonly Flag _key = new("key", FlagKind.Text, "its license key; otherwise X.key beside X.lic, if there is one") { Secret = true };

    public static readonly Verb Definition =
        new("license inspect", "[FILE]", "Show what a license file says", [_file, _key, VerbFlags.PublicKey], RunAsync);

    private static Task<ExitCode> RunAsync(Call call)
    {
        var path = call.Only(_file, "license file");
        var file = Read(path);
        var keyFile = Path.ChangeExtension(path, ".key");
        var key = call.Settings.Text(_key) ?? (File.Exists(keyFile) ? Settings.Secret(keyFile, "--key") : null);
        var publicKey = VerbFlags.ReadPublicKey(call);
        var now = call.Shell.Time.GetUtcNow();
        var text = LicenseReader.Inspect(file, key?.Trim(), publicKey, now);
        if (call.Json)
        {
            CliJson.Write(call.Shell, Fields(text), CliJson.Readable.SortedDictionaryStringString);
        }
        else
        {
            call.Shell.Out.Write(text);
        }

        return Task.FromResult(Judge(file, key?.Trim(), publicKey, now));
    }

    private static byte[] Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var buffer = new byte[Math.Min(file.Length, LicenseReader.MaxFileBytes) + 1];
            return buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandFailedException($"license file not found at '{path}'", ExitCode.NotFound);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"failed to read license file: {error.Message}", ExitCode.Failed);
        }
    }

    /// <summary>Without a public key there is nothing to judge by.</summary>
    private static ExitCode Judge(byte[] file, string? key, string? publicKey, DateTimeOffset now)
    {
        if (publicKey is null)
        {
            return ExitCode.Done;
        }

        var rejected = key is null ? LicenseReader.Verify(file, publicKey) : LicenseReader.Read(file, key, publicKey, now) as LicenseRejected;
        return rejected is null ? ExitCode.Done : rejected.Reason == LicenseRejection.Expired ? ExitCode.Expired : ExitCode.Refused;
    }

    private static SortedDictionary<string, string> Fields(string text)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            fields[line[..LabelWidth].Trim().Replace(' ', '_').Replace('-', '_')] = line[LabelWidth..].Trim();
        }

        return fields;
    }
}
