namespace Berth.Protocol;

/// <summary>How often a node was denied a seat in a pool for one reason. Times are RFC 3339 in UTC.</summary>
/// <param name="Pool">The pool; <c>-</c> is the global one.</param>
/// <param name="Reason">
/// Why: <c>no-licenses</c>, <c>all-held</c>, <c>expired</c>, <c>held-elsewhere</c>, <c>cooling-down</c> or <c>other-claim-key</c>.
/// </param>
/// <param name="Fingerprint">Who; <c>other</c> also stands for all nodes for whose names there was no room.</param>
/// <param name="Count">How often.</param>
/// <param name="First">When first.</param>
/// <param name="Last">When last.</param>
public sealed record DenialEntry(string Pool, string Reason, string Fingerprint, long Count, DateTimeOffset First, DateTimeOffset Last);

/// <summary>Some denials, pool by pool in the order of their names, in each the most recent first.</summary>
/// <param name="Denials">The entries.</param>
/// <param name="Next">Ask on from here; null: that was all.</param>
public sealed record DenialListing(IReadOnlyList<DenialEntry> Denials, string? Next);

/// <summary>How often seats were denied for one reason.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Count">How often.</param>
/// <param name="Nodes">How many nodes of how many pools it met: rows of the listing.</param>
/// <param name="First">When first.</param>
/// <param name="Last">When last.</param>
public sealed record DenialTotal(string Reason, long Count, long Nodes, DateTimeOffset First, DateTimeOffset Last);

/// <summary>Denials by reason, the most frequent first.</summary>
public sealed record DenialTotals(IReadOnlyList<DenialTotal> Totals);
