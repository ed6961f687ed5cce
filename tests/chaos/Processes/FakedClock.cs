namespace Berth.Chaos.Processes;

/// <summary>The wall clock of one process, which can be stepped while it runs (libfaketime). Its monotonic clock is left alone.</summary>
internal sealed class FakedClock
{
    private static readonly string[] _libraries = ["/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib/faketime"];

    private readonly string _file;

    /// <summary>A clock that is right, told by a file in a folder.</summary>
    public FakedClock(string folder)
    {
        _file = Path.Combine(folder, "clock");
        Step(TimeSpan.Zero);
    }

    /// <summary>What the process must be started with.</summary>
    public IEnumerable<(string Name, string Value)> Environment =>
    [
        ("LD_PRELOAD", Library()),
        ("FAKETIME_TIMESTAMP_FILE", _file),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),

        // Otherwise waits on the monotonic clock, and with them every timer of .NET, end at once.
        ("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
    ];

    /// <summary>The clock is off by so much from now on, in whole seconds.</summary>
    public void Step(TimeSpan off)
    {
        // Renamed into place: the process never sees half of it.
        File.WriteAllText(_file + ".new", FormattableString.Invariant($"{off.TotalSeconds:+0;-0;+0}\n"));
        File.Move(_file + ".new", _file, overwrite: true);
    }

    private static string Library() =>
        _libraries.Select(folder => Path.Combine(folder, "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("libfaketime is not installed: run eng/chaos, or install the package faketime");
}
