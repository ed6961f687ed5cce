using System.Runtime.InteropServices;

namespace Berth.Simulation.Kernel;

/// <summary>What kind of step it was, for the digest.</summary>
internal enum StepKind
{
    /// <summary>Something of the world: no process runs.</summary>
    Event = 1,
    Continuation = 2,
    Timer = 3,
    Start = 4,
    Arrival = 5,
    Answer = 6,
}

/// <summary>Something that a process is to run.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Step(SendOrPostCallback Run, object? State, long Sequence, StepKind Kind);

/// <summary>The steps that wait in one process, first come, first served: a ring that grows.</summary>
internal sealed class StepQueue
{
    private Step[] _ring = new Step[16];
    private int _first;

    public int Count { get; private set; }

    /// <summary>When the first one came.</summary>
    public long FirstSequence => _ring[_first].Sequence;

    public void Add(in Step step)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_first + Count++) & (_ring.Length - 1)] = step;
    }

    public Step Take()
    {
        var step = _ring[_first];
        _ring[_first] = default;
        _first = (_first + 1) & (_ring.Length - 1);
        Count--;
        return step;
    }

    public void Clear() => (_ring, _first, Count) = (new Step[16], 0, 0);

    private void Grow()
    {
        var larger = new Step[_ring.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = _ring[(_first + i) & (_ring.Length - 1)];
        }

        (_ring, _first) = (larger, 0);
    }
}
