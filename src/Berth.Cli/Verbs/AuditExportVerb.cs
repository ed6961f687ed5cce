using Berth.Cli.Access;

namespace Berth.Cli.Verbs;

/// <summary>Writes the whole history to a file, for whoever wants to check it elsewhere.</summary>
internal static class AuditExportVerb
{
    public static readonly Verb Definition = new(
        "audit export", "FILE|-", "Export the whole history as lines of JSON", [AuditFlags.Force, ServeFlags.KeyFile], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var path = call.Words switch
        {
            [var word] => word,
            [] => throw CommandFailedException.Usage("name a file, or - for the standard output"),
            _ => throw CommandFailedException.Usage("one file, not several"),
        };
        await using var reach = await Reach.ForReadingAsync(call);
        if (path == "-")
        {
            await using var output = Console.OpenStandardOutput();
            await reach.Administration.Audit.ExportAsync(output, call.Shell.Stop).OrFailAsync();
            return ExitCode.Done;
        }

        if (Path.Exists(path) && call.Settings.Switch(AuditFlags.Force) != true)
        {
            throw new CommandFailedException($"{path} exists already: --force replaces it", ExitCode.Conflict);
        }

        try
        {
            var bytes = await WriteAsync(call, reach, path);
            call.Shell.Say($"exported {bytes} bytes to {path}");
            return ExitCode.Done;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new CommandFailedException($"the export to {path} failed: {error.Message}", ExitCode.Failed);
        }
    }

    /// <summary>Under another name until it is whole. It names users and nodes: it is for its owner alone.</summary>
    private static async Task<long> WriteAsync(Call call, Reach reach, string path)
    {
        var draft = path + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            await using (var file = new FileStream(draft, options))
            {
                await reach.Administration.Audit.ExportAsync(file, call.Shell.Stop).OrFailAsync();
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: call.Settings.Switch(AuditFlags.Force) == true);
            return new FileInfo(path).Length;
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
