namespace Berth.Chaos.Journal;

/// <summary>A claim or the end of one, as the journal has it.</summary>
internal readonly record struct JournalSeat(string Pool, string Node, string License);

/// <summary>A record of the journal: which versions of which pool it holds.</summary>
internal readonly record struct JournalRecord(string Pool, long First, int Count);

/// <summary>What the journal says, read by code that shares nothing with the members.</summary>
/// <param name="Grants">Each seat that was granted.</param>
/// <param name="Releases">Each seat that its node gave back.</param>
/// <param name="Records">All records, in no order.</param>
internal sealed record JournalContent(
    IReadOnlyList<JournalSeat> Grants, IReadOnlyList<JournalSeat> Releases, IReadOnlyList<JournalRecord> Records);
