using Berth.Testing.Processes;

namespace Berth.Survival.Tests.Processes;

/// <summary>
/// Clocks of another process that a test moves (libfaketime). Written to a file that the process reads at each look at a clock.
/// </summary>
internal sealed class FakeTime(string folder)
{
    private readonly string _file = Path.Combine(folder, "faketime");

    /// <summary>How far the clocks are off, such as +1h or -86400s.</summary>
    public void Set(string offset)
    {
        // Renamed into place: the process never sees half of it.
        File.WriteAllText(_file + ".new", offset + "\n");
        File.Move(_file + ".new", _file, overwrite: true);
    }

    /// <summary>What a process must be started with. The wall clock alone is moved, or the monotonic one with it.</summary>
    public async Task<(string Name, string Value)[]> EnvironmentAsync(bool monotonicToo)
    {
        var library = await BerthProcess.RunAsync("faketime", folder, ["-m", "-f", "+0", "printenv", "LD_PRELOAD"]);
        library.ExitCode.ShouldBe(0, $"faketime is needed; ./eng/needs faketime:faketime installs it\n{library.Error}");
        return
        [
            ("LD_PRELOAD", library.Out.Trim()),
            ("FAKETIME_TIMESTAMP_FILE", _file),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", monotonicToo ? "0" : "1"),
        ];
    }
}
