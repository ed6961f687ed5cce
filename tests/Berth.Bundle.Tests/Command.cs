using System.Diagnostics;
using Berth.Testing.Processes;

namespace Berth.Bundle.Tests;

/// <summary>Runs a program to its end with the environment of the tests, and the patience that a build takes.</summary>
internal static class Command
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(10);

    /// <summary>The nearest folder above the tests that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    public static async Task<ProcessEnd> RunAsync(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        await process.WaitForExitAsync(limit.Token);
        return new ProcessEnd(process.ExitCode, await output, await error);
    }

    /// <summary>Runs a program that must do what it is asked; returns what it prints.</summary>
    public static async Task<string> DoAsync(string program, params string[] arguments)
    {
        var end = await RunAsync(program, arguments);
        end.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}\n{end.Out}\n{end.Error}");
        return end.Out;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Cluster.sln: run the tests from a checkout.");
    }
}
