using Berth.Chaos.Hosts;
using Berth.Chaos.Processes;

namespace Berth.Chaos.Runs;

/// <summary>
/// What is asked of the program: <c>[--rounds N] [--only FAULT]... [--seconds S] [--seed N] [--short] [--keep]</c>. The program outside
/// prepares a folder and starts itself again inside.
/// </summary>
internal static class CommandLine
{
    /// <summary>0: everything held; 1: something did not; 2: it was not understood, or cannot be done here.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter to)
    {
        if (Request.Parse(args, out var flaw) is not { } request)
        {
            await to.WriteLineAsync($"error: {flaw}");
            return 2;
        }

        if (OwnNamespaces.Folder is { } folder)
        {
            OwnNamespaces.EndWithTheOutside();
            return await new ChaosRun(request, folder, to).RunAsync();
        }

        return await OutsideAsync(request, args, to);
    }

    private static async Task<int> OutsideAsync(Request request, IReadOnlyList<string> args, TextWriter to)
    {
        var files = Directory.CreateTempSubdirectory("berth-chaos-").FullName;
        var code = 2;
        try
        {
            // PostgreSQL's account must reach its folder.
            await Command.RunAsync("chmod", "0755", files);
            code = await OwnNamespaces.EnterAsync([.. args, "--seed", $"{request.Seed}"], files);
        }
        catch (InvalidOperationException impossible)
        {
            await to.WriteLineAsync($"error: {impossible.Message}");
        }
        finally
        {
            if (code == 0 && !request.Keeps)
            {
                Directory.Delete(files, recursive: true);
            }
            else
            {
                await Console.Error.WriteLineAsync($"the logs and the history are in {files}");
            }
        }

        return code;
    }
}
