namespace Berth.Pools;

/// <summary>What is remembered of a node that holds nothing, for a limited time.</summary>
/// <param name="Node">The node.</param>
/// <param name="License">The license that it held last.</param>
/// <param name="LengthMs">For how long it is remembered, in milliseconds.</param>
/// <param name="UntilWallMs">Until when, by the wall clock of the event (Unix milliseconds).</param>
/// <param name="Text">The claim key of an expired claim; the reason of a seat that was taken away.</param>
public sealed record NodeNote(Fingerprint Node, LicenseId License, long LengthMs, long UntilWallMs, string Text)
{
    /// <summary>Until when, on the service clock of the life that reads it.</summary>
    internal long UntilMs { get; set; }

    /// <summary>How much longer, in milliseconds; 0: it is over.</summary>
    internal long LeftMs(long nowMs) => Math.Max(0, UntilMs - nowMs);
}

/// <summary>
/// Notes by node, at most <see cref="Most"/>: the oldest give way. Those whose time is over stay until they do, and count as
/// absent.
/// </summary>
internal sealed class NodeNotes
{
    /// <summary>The most that are kept.</summary>
    public const int Most = 10_000;

    private readonly Dictionary<string, NodeNote> _notes = new(StringComparer.Ordinal);
    private readonly Queue<NodeNote> _order = new();

    public IReadOnlyList<NodeNote> All => _notes.Count == 0 ? [] : [.. _order.Where(IsKept).Distinct()];

    /// <summary>The note of a node whose time is not over, or null.</summary>
    public NodeNote? Find(Fingerprint node, long nowMs) =>
        _notes.Count > 0 && _notes.TryGetValue(node.Value, out var note) && note.UntilMs > nowMs ? note : null;

    /// <summary>Keeps a note, or (null) forgets the node. Returns what was kept before.</summary>
    public NodeNote? Set(Fingerprint node, NodeNote? note)
    {
        _notes.Remove(node.Value, out var before);
        if (note is not null)
        {
            _notes.Add(node.Value, note);
            _order.Enqueue(note);
        }

        return before;
    }

    /// <summary>
    /// The service clock of another life means nothing here: what is left of each by the wall clock counts, and never more than
    /// the whole.
    /// </summary>
    public void Recover(long nowMs, long wallMs)
    {
        foreach (var note in _notes.Values)
        {
            note.UntilMs = nowMs + Math.Clamp(note.UntilWallMs - wallMs, 0, note.LengthMs);
        }
    }

    /// <summary>Makes room, once what was set stands.</summary>
    public void Trim()
    {
        if (_order.Count > Most * 2)
        {
            var kept = All;
            _order.Clear();
            foreach (var note in kept)
            {
                _order.Enqueue(note);
            }
        }

        while (_notes.Count > Most)
        {
            var oldest = _order.Dequeue();
            if (IsKept(oldest))
            {
                _notes.Remove(oldest.Node.Value);
            }
        }
    }

    private bool IsKept(NodeNote note) => _notes.TryGetValue(note.Node.Value, out var kept) && ReferenceEquals(kept, note);
}
