using System.Runtime.InteropServices;

namespace Berth.Simulation.Kernel;

/// <summary>Something that is due. What is due at the same time comes in the order in which it was added.</summary>
/// <param name="Due">When, in ticks of the world.</param>
/// <param name="Sequence">In which order.</param>
/// <param name="Target">An <see cref="Action"/>, or a <see cref="SimulatedTimer"/>.</param>
/// <param name="Token">Which setting of the timer: an older one is stale.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DueEvent(long Due, long Sequence, object Target, long Token)
{
    public bool IsStale => Target is SimulatedTimer timer && timer.Setting != Token;
}

/// <summary>
/// What is due, the earliest first. Timers that were set anew leave a stale entry behind; once those are the most, they are swept
/// out, so the heap is never much larger than what is really due.
/// </summary>
internal sealed class EventHeap
{
    private const int Arity = 4;
    private const int FewStale = 64;

    private DueEvent[] _heap = new DueEvent[64];
    private int _stale;

    public int Count { get; private set; }

    public ref readonly DueEvent First => ref _heap[0];

    public void Add(in DueEvent added)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, _heap.Length * 2);
        }

        Rise(Count++, added);
    }

    public DueEvent Take()
    {
        var first = _heap[0];
        var last = _heap[--Count];
        _heap[Count] = default;
        if (Count > 0)
        {
            Sink(0, last);
        }

        _stale -= first.IsStale ? 1 : 0;
        return first;
    }

    /// <summary>One of the entries is stale from now on.</summary>
    public void OneWentStale()
    {
        if (++_stale > FewStale && _stale > Count / 2)
        {
            Sweep();
        }
    }

    private static bool IsBefore(in DueEvent one, in DueEvent other) =>
        one.Due < other.Due || (one.Due == other.Due && one.Sequence < other.Sequence);

    private void Sweep()
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            if (!_heap[i].IsStale)
            {
                _heap[kept++] = _heap[i];
            }
        }

        Array.Clear(_heap, kept, Count - kept);
        (Count, _stale) = (kept, 0);
        for (var i = (kept - 2) / Arity; i >= 0 && kept > 1; i--)
        {
            Sink(i, _heap[i]);
        }
    }

    private void Rise(int place, in DueEvent rising)
    {
        while (place > 0)
        {
            var parent = (place - 1) / Arity;
            if (!IsBefore(rising, _heap[parent]))
            {
                break;
            }

            _heap[place] = _heap[parent];
            place = parent;
        }

        _heap[place] = rising;
    }

    private void Sink(int place, DueEvent sinking)
    {
        while ((place * Arity) + 1 is var child && child < Count)
        {
            var least = child;
            for (var other = child + 1; other < Math.Min(child + Arity, Count); other++)
            {
                if (IsBefore(_heap[other], _heap[least]))
                {
                    least = other;
                }
            }

            if (!IsBefore(_heap[least], sinking))
            {
                break;
            }

            _heap[place] = _heap[least];
            place = least;
        }

        _heap[place] = sinking;
    }
}
