using System.Globalization;

namespace Berth.Benchmarks.Edge;

/// <summary>
/// How busy the machine was, and how busy with this run: a figure taken while somebody else compiles is worth little. The kernel adds
/// the time of a child to its parent when the child has ended, so ask when all of them have.
/// </summary>
internal sealed record Machine(double AllSeconds, double IdleSeconds, double OwnSeconds)
{
    private const double TicksPerSecond = 100; // USER_HZ, which Linux fixes for what it shows under /proc.

    public static Machine Snapshot()
    {
        var all = Numbers(File.ReadLines("/proc/stat").First()["cpu ".Length..]);
        var stat = File.ReadAllText("/proc/self/stat");
        // Behind the name in brackets come state (field 3) and numbers; 14 to 17 are user and system time, own and of ended children.
        var own = Numbers(stat[(stat.LastIndexOf(')') + 4)..]);
        var (everything, idle) = (all.Take(8).Sum(), all[3] + all[4]);
        return new Machine(everything / TicksPerSecond, idle / TicksPerSecond, own.Skip(10).Take(4).Sum() / TicksPerSecond);
    }

    public double OthersShareSince()
    {
        var now = Snapshot();
        var all = now.AllSeconds - AllSeconds;
        var idle = now.IdleSeconds - IdleSeconds;
        return all <= 0 ? 0 : Math.Clamp((all - idle - (now.OwnSeconds - OwnSeconds)) / all, 0, 1);
    }

    public static string Describe(string scratch)
    {
        var drive = DriveInfo.GetDrives()
            .Where(drive => scratch.StartsWith(drive.Name, StringComparison.Ordinal))
            .MaxBy(drive => drive.Name.Length);
        return $"{Environment.ProcessorCount} cores, .NET {Environment.Version}, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}, "
            + $"scratch on {drive?.DriveFormat ?? "an unknown file system"}";
    }

    private static double[] Numbers(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
}
