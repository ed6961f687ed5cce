using System.Diagnostics;

namespace Berth.Tidy.Tests;

/// <summary>The files of the checkout that the rules look at, each read once.</summary>
internal static class Checkout
{
    private static readonly Lazy<IReadOnlyList<Source>> _product = new(() => Sources("src"));
    private static readonly Lazy<IReadOnlyList<Source>> _tests = new(() => Sources("tests"));

    /// <summary>Every C# file under src.</summary>
    public static IReadOnlyList<Source> Product => _product.Value;

    /// <summary>Every C# file under tests.</summary>
    public static IReadOnlyList<Source> Tests => _tests.Value;

    public static IEnumerable<Source> All => Product.Concat(Tests);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    /// <summary>Whether the path from the root leads to a file or folder of the checkout. "*" stands for any part of one name.</summary>
    public static bool Exists(string path)
    {
        var full = Path.GetFullPath(Path.Combine(Repository.Root, path));
        if (full != Repository.Root && !full.StartsWith(Repository.Root + "/", StringComparison.Ordinal))
        {
            return false;
        }

        var found = new List<string> { Repository.Root };
        foreach (var part in Path.GetRelativePath(Repository.Root, full).Split('/'))
        {
            found = part.Contains('*', StringComparison.Ordinal)
                ? [.. found.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFileSystemEntries(folder, part))]
                : [.. found.Select(folder => Path.Combine(folder, part)).Where(Path.Exists)];
        }

        return found.Count > 0;
    }

    /// <summary>The files under a folder whose names fit, as paths from the root; what a build makes is left out.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        var start = Path.Combine(Repository.Root, folder);
        return !Directory.Exists(start) ? [] : Directory.EnumerateFiles(start, pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);
    }

    /// <summary>The files that git tracks, as paths from the root.</summary>
    public static IReadOnlyList<string> Tracked()
    {
        // A checkout mounted into a container belongs to another user: git would refuse to read it.
        var start = new ProcessStartInfo("git", ["-c", "safe.directory=*", "ls-files", "-z"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start.");
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0
            ? output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException("git ls-files failed: run the tests from a clone.");
    }

    private static IReadOnlyList<Source> Sources(string folder) => [.. Files(folder, "*.cs").Select(path => new Source(path, Read(path)))];
}
