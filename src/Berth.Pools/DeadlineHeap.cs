namespace Berth.Pools;

/// <summary>
/// The claims by deadline: a four-ary heap whose entries know their place, so that the earliest is there at once and a
/// renewal or a release costs O(log n), with no stale entry left behind.
/// </summary>
internal sealed class DeadlineHeap
{
    private const int Arity = 4;

    // Side by side, so that the deadlines of siblings share a cache line, and all claims are copied as one block.
    private long[] _deadlines = [];
    private Claim[] _claims = [];

    public int Count { get; private set; }

    /// <summary>The claim with the earliest deadline. The heap may not be empty.</summary>
    public Claim Earliest => _claims[0];

    /// <summary>The claim at a place, 0 to <see cref="Count"/> - 1: in no order that means anything.</summary>
    public Claim At(int place) => _claims[place];

    public void Add(Claim claim)
    {
        if (Count == _claims.Length)
        {
            var room = Math.Max(4, Count * 2);
            Array.Resize(ref _deadlines, room);
            Array.Resize(ref _claims, room);
        }

        SiftUp(Count++, claim.DeadlineMs, claim);
    }

    public void Remove(Claim claim)
    {
        var hole = claim.HeapIndex;
        claim.HeapIndex = -1;
        var last = _claims[--Count];
        var deadlineMs = _deadlines[Count];
        _claims[Count] = null!;
        if (hole == Count)
        {
            return;
        }

        if (hole > 0 && deadlineMs < _deadlines[(hole - 1) / Arity])
        {
            SiftUp(hole, deadlineMs, last);
        }
        else
        {
            SiftDown(hole, deadlineMs, last);
        }
    }

    /// <summary>The claim's deadline was raised.</summary>
    public void Raised(Claim claim) => SiftDown(claim.HeapIndex, claim.DeadlineMs, claim);

    /// <summary>All deadlines are forgotten: they count as long past.</summary>
    public void Forget()
    {
        for (var i = 0; i < Count; i++)
        {
            _claims[i].DeadlineMs = 0;
            _claims[i].HeardMs = Claim.NeverHeard;
            _deadlines[i] = 0;
        }
    }

    /// <summary>All claims, in no order, as of now.</summary>
    public Claim[] ToArray() => _claims.AsSpan(0, Count).ToArray();

    private void SiftUp(int at, long deadlineMs, Claim claim)
    {
        while (at > 0)
        {
            var parent = (at - 1) / Arity;
            if (_deadlines[parent] <= deadlineMs)
            {
                break;
            }

            Place(at, _deadlines[parent], _claims[parent]);
            at = parent;
        }

        Place(at, deadlineMs, claim);
    }

    private void SiftDown(int at, long deadlineMs, Claim claim)
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
                if (_deadlines[child] < _deadlines[least])
                {
                    least = child;
                }
            }

            if (_deadlines[least] >= deadlineMs)
            {
                break;
            }

            Place(at, _deadlines[least], _claims[least]);
            at = least;
        }

        Place(at, deadlineMs, claim);
    }

    private void Place(int at, long deadlineMs, Claim claim)
    {
        _deadlines[at] = deadlineMs;
        _claims[at] = claim;
        claim.HeapIndex = at;
    }
}
