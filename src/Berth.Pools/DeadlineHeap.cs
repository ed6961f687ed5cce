namespace Berth.Pools;

/// <summary>
/// The claims by deadline: a four-ary heap whose entries know their place, so that the earliest is there at once and a
/// renewal or a release costs O(log n), with no stale entry left behind.
/// </summary>
internal sealed class DeadlineHeap
{
    private const int Arity = 4;

    private Entry[] _entries = [];

    public int Count { get; private set; }

    /// <summary>The claim with the earliest deadline. The heap may not be empty.</summary>
    public Claim Earliest => _entries[0].Claim;

    public void Add(Claim claim)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(4, _entries.Length * 2));
        }

        SiftUp(Count++, new Entry(claim.DeadlineMs, claim));
    }

    public void Remove(Claim claim)
    {
        var hole = claim.HeapIndex;
        claim.HeapIndex = -1;
        var last = _entries[--Count];
        _entries[Count] = default;
        if (hole == Count)
        {
            return;
        }

        if (hole > 0 && last.DeadlineMs < _entries[(hole - 1) / Arity].DeadlineMs)
        {
            SiftUp(hole, last);
        }
        else
        {
            SiftDown(hole, last);
        }
    }

    /// <summary>The claim's deadline was raised.</summary>
    public void Raised(Claim claim) => SiftDown(claim.HeapIndex, new Entry(claim.DeadlineMs, claim));

    /// <summary>All deadlines are forgotten: they count as long past.</summary>
    public void Forget()
    {
        for (var i = 0; i < Count; i++)
        {
            var claim = _entries[i].Claim;
            claim.DeadlineMs = 0;
            _entries[i] = new Entry(0, claim);
        }
    }

    /// <summary>All claims, in no order, as of now.</summary>
    public Claim[] ToArray()
    {
        var claims = new Claim[Count];
        for (var i = 0; i < claims.Length; i++)
        {
            claims[i] = _entries[i].Claim;
        }

        return claims;
    }

    private void SiftUp(int at, Entry entry)
    {
        while (at > 0)
        {
            var parent = (at - 1) / Arity;
            if (_entries[parent].DeadlineMs <= entry.DeadlineMs)
            {
                break;
            }

            Place(at, _entries[parent]);
            at = parent;
        }

        Place(at, entry);
    }

    private void SiftDown(int at, Entry entry)
    {
        while (true)
        {
            var first = (at * Arity) + 1;
            if (first >= Count)
            {
                break;
            }

            var least = first;
            var end = Math.Min(first + Arity, Count);
            for (var child = first + 1; child < end; child++)
            {
                if (_entries[child].DeadlineMs < _entries[least].DeadlineMs)
                {
                    least = child;
                }
            }

            if (_entries[least].DeadlineMs >= entry.DeadlineMs)
            {
                break;
            }

            Place(at, _entries[least]);
            at = least;
        }

        Place(at, entry);
    }

    private void Place(int at, Entry entry)
    {
        _entries[at] = entry;
        entry.Claim.HeapIndex = at;
    }

    private readonly record struct Entry(long DeadlineMs, Claim Claim);
}
