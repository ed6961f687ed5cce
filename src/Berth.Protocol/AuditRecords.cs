namespace Berth.Protocol;

/// <summary>Which events are wanted; null parts: any.</summary>
/// <param name="Pool">Of this pool.</param>
/// <param name="Node">About this node.</param>
/// <param name="License">About this license.</param>
/// <param name="Event">Of this kind, such as <c>license.leased</c>.</param>
public sealed record AuditQuery(string? Pool = null, string? Node = null, string? License = null, string? Event = null);

/// <summary>An event as people see it.</summary>
/// <param name="Pool">The pool; <c>-</c> is the one without a name.</param>
/// <param name="Version">Its place in the pool's history.</param>
/// <param name="Time">When.</param>
/// <param name="Event">What happened.</param>
/// <param name="Action"><c>OUT</c>: a seat was taken. <c>IN</c>: one came back.</param>
/// <param name="Node">Whose seat.</param>
/// <param name="License">Which license.</param>
/// <param name="Number">The number of the grant in the pool.</param>
/// <param name="Actor">The role or tool that asked.</param>
/// <param name="Address">From where.</param>
/// <param name="User">The person it named.</param>
/// <param name="Host">The machine it named.</param>
public sealed record AuditEntry(
    string Pool,
    long Version,
    DateTimeOffset Time,
    string Event,
    string? Action,
    string? Node,
    string? License,
    long? Number,
    string? Actor,
    string? Address,
    string? User,
    string? Host);

/// <summary>Some events.</summary>
/// <param name="Events">The entries.</param>
/// <param name="Next">Ask on from here; null: that was all.</param>
public sealed record AuditListing(IReadOnlyList<AuditEntry> Events, string? Next);

/// <summary>What was exported.</summary>
/// <param name="Bytes">How many bytes.</param>
public sealed record AuditWritten(long Bytes);
