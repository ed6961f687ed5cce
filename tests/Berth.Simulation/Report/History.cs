namespace Berth.Simulation.Report;

/// <summary>The last lines of what happened in a run.</summary>
internal sealed class History(int most)
{
    private readonly Queue<string> _lines = new();

    /// <summary>Lines that were too many and are gone.</summary>
    public long Forgotten { get; private set; }

    public IReadOnlyCollection<string> Lines => _lines;

    public void Add(string line)
    {
        _lines.Enqueue(line);
        if (_lines.Count > most)
        {
            _lines.Dequeue();
            Forgotten++;
        }
    }
}
