namespace Berth.Simulation.Report;

/// <summary>Which commit is checked out where the simulator was started, read from the repository's own files.</summary>
internal static class Commit
{
    /// <summary>The commit's name; "unknown": there is no repository above the current folder.</summary>
    public static string Current()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            var git = Path.Combine(folder.FullName, ".git");
            if (File.Exists(git) && File.ReadAllText(git).Split("gitdir:") is [_, var linked])
            {
                return HeadOf(linked.Trim());
            }

            if (Directory.Exists(git))
            {
                return HeadOf(git);
            }
        }

        return "unknown";
    }

    private static string HeadOf(string git)
    {
        var head = File.ReadAllText(Path.Combine(git, "HEAD")).Trim();
        if (head.Split("ref: ") is not [_, var name])
        {
            return head;
        }

        // A linked working tree keeps its head apart and its branches with the others.
        var shared = Path.Combine(git, "commondir");
        var home = File.Exists(shared) ? Path.Combine(git, File.ReadAllText(shared).Trim()) : git;
        var loose = Path.Combine(home, name);
        if (File.Exists(loose))
        {
            return File.ReadAllText(loose).Trim();
        }

        var packed = Path.Combine(home, "packed-refs");
        return File.Exists(packed)
            ? File.ReadLines(packed).FirstOrDefault(line => line.EndsWith($" {name}", StringComparison.Ordinal))?.Split(' ')[0] ?? "unknown"
            : "unknown";
    }
}
