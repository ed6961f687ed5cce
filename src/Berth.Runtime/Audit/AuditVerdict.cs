namespace Berth.Runtime.Audit;

/// <summary>What the history of one pool proves.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="From">The first version that was looked at: 1, or the one after what was cut off.</param>
/// <param name="To">The last version.</param>
/// <param name="Events">Events.</param>
/// <param name="Grants">Grants among them.</param>
/// <param name="Peak">The most seats that were held at once.</param>
/// <param name="PeakSeats">The seats of the licenses in force at that moment.</param>
/// <param name="PeakKept">How many of the peak were held though their license had been reduced or taken out.</param>
/// <param name="PeakMs">When that was (Unix milliseconds); 0: no seat was ever held.</param>
/// <param name="Active">Seats held at the end.</param>
/// <param name="Seats">Seats of the licenses in force at the end.</param>
public sealed record PoolProof(
    string Pool, long From, long To, long Events, long Grants, long Peak, long PeakSeats, long PeakKept, long PeakMs, long Active, long Seats);

/// <summary>What an export proves, or the first thing that is wrong with it.</summary>
/// <param name="Flaw">What is wrong; null: it is proven for each pool that no grant was made while as many seats were held as there are.</param>
/// <param name="FlawLine">In which line, from 1.</param>
/// <param name="Cluster">The cluster's id, once the first line was read.</param>
/// <param name="TimeMs">When it was exported (Unix milliseconds).</param>
/// <param name="PublicKey">The key that it is signed with; null: it is not signed.</param>
/// <param name="Pinned">That key is one of those that were trusted beforehand.</param>
/// <param name="Lines">Lines that were read.</param>
/// <param name="Checkpoints">Signed checkpoints.</param>
/// <param name="HeadsFound">Heads that they name and that are in the chains.</param>
/// <param name="HeadsCutOff">Heads that they name and that lie before the beginning of a history.</param>
/// <param name="Pools">The pools that were read to their end.</param>
public sealed record AuditVerdict(
    string? Flaw,
    long FlawLine,
    string Cluster,
    long TimeMs,
    ReadOnlyMemory<byte>? PublicKey,
    bool Pinned,
    long Lines,
    long Checkpoints,
    long HeadsFound,
    long HeadsCutOff,
    IReadOnlyList<PoolProof> Pools)
{
    /// <summary>Nothing is wrong.</summary>
    public bool IsProven => Flaw is null;
}

/// <summary>A line does not say what it must.</summary>
internal sealed class AuditFlawException(string flaw) : Exception(flaw);
