using System.Security.Cryptography;
using Berth.Cli.Output;

namespace Berth.Cli.Verbs;

/// <summary>Makes a secret for the members of a cluster.</summary>
internal static class ClusterSecretVerb
{
    private const int SecretBytes = 32;

    public static readonly Verb Definition =
        new("cluster secret", "new FILE", "Make the secret that the members of a cluster share, in a file of mode 0600", [], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var file = call.Words is ["new", var only] ? only : throw CommandFailedException.Usage("write: berth cluster secret new FILE");
        await WriteAsync(file, call.Shell.Stop);
        if (call.Json)
        {
            CliJson.Write(call.Shell, new MadeSecret(Path.GetFullPath(file)), CliJson.Readable.MadeSecret);
        }
        else
        {
            call.Shell.Say($"secret written: {Path.GetFullPath(file)}");
            call.Shell.Out.WriteLine("copy it to every member, readable by the user that serves alone: berth serve --cluster-secret-file FILE");
        }

        return ExitCode.Done;
    }

    private static async Task WriteAsync(string path, CancellationToken stop)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            await using var file = new StreamWriter(path, options);
            await file.WriteAsync((Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)) + "\n").AsMemory(), stop);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(error.Message, Path.Exists(path) ? ExitCode.Conflict : ExitCode.Failed);
        }
    }
}
