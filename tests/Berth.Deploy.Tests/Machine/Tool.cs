using System.Diagnostics;
using Berth.Testing.Processes;

namespace Berth.Deploy.Tests.Machine;

/// <summary>Programs of the machine that a test needs or can do without.</summary>
internal static class Tool
{
    /// <summary>Where a program is; null: it is not installed.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
        .Concat(["/usr/sbin", "/sbin"]).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Ends the test as skipped where the program is missing.</summary>
    public static string Needed(string name)
    {
        var found = Find(name);
        Assert.SkipUnless(found is not null, $"{name} is not installed here");
        return found!;
    }

    /// <summary>Ends the test as skipped for whoever is not root: namespaces and other users are root's to make.</summary>
    public static void NeedsRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can make a process of another user in a namespace");

    /// <summary>Runs a program to its end; its exit code is 0.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var end = await BerthProcess.RunAsync(program, Repository.Root, arguments);
        end.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}\n{end.Out}{end.Error}");
        return end.Out;
    }

    /// <summary>Ends a process as an operator would, and waits for that.</summary>
    public static async Task TerminateAsync(Process process)
    {
        if (!process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await kill.WaitForExitAsync();
            await process.WaitForExitAsync();
        }
    }
}
