using Berth.Runtime.Journal;

namespace Berth.Testing.Journal;

/// <summary>What a journal replayed, kept: the bytes it hands out are valid only while it does.</summary>
public sealed class ReplayedItems : List<ReplayItem>
{
    /// <summary>To be given to the journal.</summary>
    public void Keep(ReplayItem item) => Add(item switch
    {
        SnapshotPart part => part with { Bytes = part.Bytes.ToArray(), Hash = part.Hash.ToArray() },
        JournalRecord record => record with { Bytes = record.Bytes.ToArray(), Hash = record.Hash.ToArray() },
        _ => item,
    });
}
