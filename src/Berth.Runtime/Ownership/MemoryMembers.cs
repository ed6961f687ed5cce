namespace Berth.Runtime.Ownership;

/// <summary>The incarnations that a table in memory keeps, in their order. Its owner guards it.</summary>
internal sealed class MemoryMembers
{
    /// <summary>Incarnations only grow, so a new one comes last and nothing is moved.</summary>
    private readonly SortedList<long, MemberRow> _rows = [];
    private IReadOnlyList<MemberRow>? _list;

    /// <summary>The greatest incarnation that was ever given.</summary>
    public long Newest { get; private set; }

    /// <summary>All of them; the same list again while nothing changed.</summary>
    public IReadOnlyList<MemberRow> List => _list ??= [.. _rows.Values];

    /// <summary>Those that count.</summary>
    public IEnumerable<MemberRow> Up => _rows.Values.Where(row => row.State == MemberState.Up);

    public MemberRow? Find(Incarnation member) => _rows.GetValueOrDefault(member.Value);

    public bool IsUp(Incarnation member) => Find(member) is { State: MemberState.Up };

    public MemberRow Enter(MemberCard card)
    {
        var before = _rows.Values.LastOrDefault(row => row.Card.Name == card.Name);
        var row = new MemberRow(new Incarnation(++Newest), card, 0, MemberState.Up, JoinRules.CrashesAfter(before));
        Set(row);
        return row;
    }

    /// <summary>Raises the counter and says what it is. Null: the incarnation does not count.</summary>
    public long? Renew(Incarnation member)
    {
        if (Find(member) is not { State: MemberState.Up } row)
        {
            return null;
        }

        Set(row with { Counter = row.Counter + 1 });
        return row.Counter + 1;
    }

    /// <summary>Ends an incarnation for good. False: it had ended before, or never was.</summary>
    public bool End(Incarnation member, MemberState how)
    {
        if (Find(member) is not { State: MemberState.Up } row)
        {
            return false;
        }

        Set(row with { State = how });
        return true;
    }

    /// <summary>The cluster goes by this secret.</summary>
    public void GoBy(string digest)
    {
        foreach (var row in _rows.Values.Where(row => row.Card.SecretDigest != digest).ToList())
        {
            Set(row with { Card = row.Card with { SecretDigest = digest } });
        }
    }

    /// <summary>
    /// Forgets one incarnation where one too many has ended: the oldest that is not the newest of its name, otherwise the oldest. The
    /// newest of a name says how often it crashed, and an owner says how long its lease was. There are fewer shards than incarnations
    /// that are
    /// kept, so one without a shard is always there.
    /// </summary>
    public void ForgetBeyondLimit(Func<Incarnation, bool> owns)
    {
        if (_rows.Count <= ClusterTable.MaxEndedMembers || _rows.Count - Up.Count() <= ClusterTable.MaxEndedMembers)
        {
            return;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var (superseded, newest) = (0L, 0L);
        foreach (var row in _rows.Values.Reverse())
        {
            var isNewest = names.Add(row.Card.Name);
            if (row.State != MemberState.Up && !owns(row.Incarnation))
            {
                (superseded, newest) = isNewest ? (superseded, row.Incarnation.Value) : (row.Incarnation.Value, newest);
            }
        }

        _rows.Remove(superseded > 0 ? superseded : newest);
        _list = null;
    }

    private void Set(MemberRow row)
    {
        _rows[row.Incarnation.Value] = row;
        _list = null;
    }
}
