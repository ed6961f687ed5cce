namespace Berth.Pools;

/// <summary>
/// How many seats are free at each place of the import order: a Fenwick tree, so that the first, the last and the n-th
/// free seat are found in O(log n) whatever the number of licenses.
/// </summary>
internal sealed class FreeSeats
{
    private long[] _tree = new long[16];
    private int _count;

    /// <summary>Free seats in all.</summary>
    public long Total { get; private set; }

    /// <summary>Adds the next place of the import order.</summary>
    public void Append(int free)
    {
        var at = ++_count;
        if (at >= _tree.Length)
        {
            Array.Resize(ref _tree, _tree.Length * 2);
        }

        long sum = free;
        for (var below = at - 1; below > at - (at & -at); below -= below & -below)
        {
            sum += _tree[below];
        }

        _tree[at] = sum;
        Total += free;
    }

    /// <summary>Takes the last place away; nothing may be free there.</summary>
    public void RemoveLast() => _count--;

    /// <summary>Changes the free seats at a place (from 0).</summary>
    public void Add(int slot, int delta)
    {
        for (var at = slot + 1; at <= _count; at += at & -at)
        {
            _tree[at] += delta;
        }

        Total += delta;
    }

    /// <summary>The place of the free seat with this rank (from 0, below <see cref="Total"/>).</summary>
    public int Find(long rank)
    {
        var at = 0;
        for (var step = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_count + 1) >> 1; step > 0; step >>= 1)
        {
            var next = at + step;
            if (next <= _count && _tree[next] <= rank)
            {
                at = next;
                rank -= _tree[next];
            }
        }

        return at;
    }
}
