using System.Diagnostics;

namespace Berth.Chaos.Hosts;

/// <summary>
/// This program again, in namespaces of its own: a network with nothing in it, mounts that nobody else sees, and processes that end with
/// the first of them. Nothing of it touches the machine's network, and nothing outlives it.
/// </summary>
internal static class OwnNamespaces
{
    /// <summary>Names the folder of the run; only the program inside has it.</summary>
    public const string FolderVariable = "BERTH_CHAOS_FOLDER";

    /// <summary>The first process adopts what others leave behind. It must not be replaced by the program, so something follows it.</summary>
    private const string First = "mount -t tmpfs berth-chaos /run && mkdir -p /run/netns && \"$@\"; exit $?";

    private const int Abandoned = 3;

    /// <summary>The folder of the run; null: this is the program outside.</summary>
    public static string? Folder => Environment.GetEnvironmentVariable(FolderVariable);

    /// <summary>Runs this program again inside and returns its exit code. Fails with <see cref="InvalidOperationException"/> without the rights.</summary>
    public static async Task<int> EnterAsync(IReadOnlyList<string> arguments, string folder)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new InvalidOperationException("hosts are network namespaces, which need root: run it as root");
        }

        var start = new ProcessStartInfo("unshare")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            ArgumentList = { "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", First, "chaos", Program() },
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[FolderVariable] = folder;
        using var inside = Process.Start(start)!;
        await inside.WaitForExitAsync();
        return inside.ExitCode;
    }

    /// <summary>Ends the program inside once the one outside has gone: its end of the standard input closes.</summary>
    public static void EndWithTheOutside()
    {
        var watch = new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            while (input.ReadByte() >= 0)
            {
                // Whatever is typed is not asked for.
                continue;
            }

            // The first process ends with this one, and all others with the first.
            Environment.Exit(Abandoned);
        })
        { IsBackground = true, Name = "outside" };
        watch.Start();
    }

    private static string Program() => Path.Combine(AppContext.BaseDirectory, typeof(OwnNamespaces).Assembly.GetName().Name!);
}
