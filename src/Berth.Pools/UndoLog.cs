namespace Berth.Pools;

/// <summary>What the batch in flight changed, newest last, so that a batch that was not written can be taken back.</summary>
internal sealed class UndoLog
{
    private readonly List<Entry> _entries = [];

    public int Count => _entries.Count;

    public void Add(UndoKind kind, object? subject = null, long first = 0, long second = 0) =>
        _entries.Add(new Entry(kind, subject, first, second));

    public void Clear() => _entries.Clear();

    /// <summary>Removes the newest entry and returns it.</summary>
    public Entry Take()
    {
        var entry = _entries[^1];
        _entries.RemoveAt(_entries.Count - 1);
        return entry;
    }

    internal readonly record struct Entry(UndoKind Kind, object? Subject, long First, long Second);
}

internal enum UndoKind
{
    Version,
    LicenseAdded,
    LicenseRetired,
    LicenseDropped,
    LicenseChanged,
    LicenseBack,
    CoolDown,
    Lapsed,
    ClaimAdded,
    ClaimEnded,
    LongestTtl,
    Floor,
    Exception,
    ClusterPolicy,
    Adopted,
}
