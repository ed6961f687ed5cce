using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Berth.Simulation.Mutants.Building;

/// <summary>The dotnet that the simulator itself runs on.</summary>
internal static class Toolchain
{
    /// <summary>What an outer build tells its children, and what would send an inner one astray.</summary>
    private static readonly string[] _notInherited = ["MSBUILD_EXE_PATH", "MSBuildExtensionsPath", "MSBuildSDKsPath", "MSBuildLoadMicrosoftTargetsReadOnly"];

    private static string Dotnet => Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");

    /// <summary>Runs dotnet to its end; what it wrote to its output. Throws, with all that it wrote, when it failed.</summary>
    public static string Run(string folder, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Dotnet, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in _notInherited)
        {
            start.Environment.Remove(name);
        }

        // The compiler lives for a few dozen builds: learning what it does most does not pay.
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{Dotnet} did not start.");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Result
            : throw new InvalidOperationException($"dotnet {arguments[0]} {arguments[1]} ended with {process.ExitCode}: {output.Result}{error.Result}");
    }
}
