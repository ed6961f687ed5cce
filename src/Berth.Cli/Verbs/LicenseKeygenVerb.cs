using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Licensing;

namespace Berth.Cli.Verbs;

/// <summary>Makes a vendor's pair of keys.</summary>
internal static class LicenseKeygenVerb
{
    private static readonly Flag _out = new("out", FlagKind.Text, "the file for the private key; the public one gets .pub added");
    private static readonly Flag _force = new("force", FlagKind.Switch, "replace a key that is there");

    public static readonly Verb Definition =
        new("license keygen", "[FILE]", "Make a vendor's keys, with which licenses are issued", [_out, _force], RunAsync);

    private static Task<ExitCode> RunAsync(Call call)
    {
        var path = call.Only(_out, "file for the key");
        var key = VendorKey.Generate();
        try
        {
            VendorKeyFile.Write(key, path, call.Settings.Switch(_force) == true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(error.Message, Path.Exists(path) ? ExitCode.Conflict : ExitCode.Failed);
        }

        if (call.Json)
        {
            CliJson.Write(call.Shell, new MadeKey(path, path + ".pub", key.PublicKeyHex), CliJson.Readable.MadeKey);
        }
        else
        {
            call.Shell.Out.WriteLine($"private key {path}: keep it secret\npublic key  {path}.pub: {key.PublicKeyHex}");
        }

        return Task.FromResult(ExitCode.Done);
    }
}
