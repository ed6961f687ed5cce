using Berth.Simulation.Kernel;

namespace Berth.Simulation.Tests.Kernel;

/// <summary>What was seen, in order, and whether all of it was seen on the thread of the test, in the process that it belongs to.</summary>
internal sealed class Trace(World world)
{
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public List<string> Seen { get; } = [];

    public List<string> Astray { get; } = [];

    public string Text => string.Join(' ', Seen);

    /// <summary>Notes something with the time in milliseconds.</summary>
    public void Add(string what, SimulatedProcess? process = null)
    {
        Seen.Add($"{what}@{world.Now.TotalMilliseconds}");
        if (Environment.CurrentManagedThreadId != _thread)
        {
            Astray.Add($"{what} on a foreign thread");
        }

        if (process is not null && SynchronizationContext.Current != process)
        {
            Astray.Add($"{what} outside {process.Name}");
        }
    }
}
