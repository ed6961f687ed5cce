namespace Berth.Chaos.History;

/// <summary>What all nodes did, in the order in which it ended.</summary>
internal sealed class Recorder(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>Guards the operations.</summary>
    private readonly Lock _gate = new();
    private readonly List<Operation> _operations = [];

    /// <summary>Since the recorder was made.</summary>
    public TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>How many operations have ended.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _operations.Count;
            }
        }
    }

    /// <summary>Adds one that has ended.</summary>
    public void Add(Operation ended)
    {
        lock (_gate)
        {
            _operations.Add(ended);
        }
    }

    /// <summary>All so far.</summary>
    public IReadOnlyList<Operation> All()
    {
        lock (_gate)
        {
            return _operations.ToArray();
        }
    }
}
