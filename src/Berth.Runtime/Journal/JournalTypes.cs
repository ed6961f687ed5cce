using Berth.Pools;

namespace Berth.Runtime.Journal;

/// <summary>A version and the chain hash that stands there.</summary>
public sealed record KnownPosition(long Version, ReadOnlyMemory<byte> Hash);

/// <summary>How an open ended.</summary>
public enum OpenOutcome
{
    /// <summary>The pool is ours until a newer opening.</summary>
    Opened,

    /// <summary>A greater epoch has opened it. Nothing changed.</summary>
    Fenced,

    /// <summary>There is no such pool. Nothing changed.</summary>
    NoSuchPool,
}

/// <summary>The answer to an open.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Opening">The opening to append under.</param>
/// <param name="FromKnown">The replay began at what the caller knew.</param>
public sealed record OpenResult(OpenOutcome Outcome, Opening Opening, bool FromKnown);

/// <summary>How an append ended. Anything else is an exception, and means that nobody knows.</summary>
public enum AppendOutcome
{
    /// <summary>Durable and next in order.</summary>
    Committed,

    /// <summary>A newer opening or epoch exists. Certainly nothing was written.</summary>
    Fenced,

    /// <summary>Refused for a stated reason. Certainly nothing was written.</summary>
    NotWritten,
}

/// <summary>The answer to an append.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">For <see cref="AppendOutcome.NotWritten"/>: what was wrong and what to do.</param>
/// <param name="DuplicateLicense">The reason is a license id, key or file that is already there.</param>
public sealed record AppendResult(AppendOutcome Outcome, string? Reason = null, bool DuplicateLicense = false)
{
    /// <summary>Durable.</summary>
    public static readonly AppendResult Committed = new(AppendOutcome.Committed);

    /// <summary>Somebody else's by now.</summary>
    public static readonly AppendResult Fenced = new(AppendOutcome.Fenced);

    /// <summary>Refused.</summary>
    public static AppendResult NotWritten(string reason) => new(AppendOutcome.NotWritten, reason);

    /// <summary>Refused: the license is there.</summary>
    public static AppendResult Duplicate(string reason) => new(AppendOutcome.NotWritten, reason, DuplicateLicense: true);
}

/// <summary>Events to be written together, as the codec made them.</summary>
/// <param name="Count">How many events: at least 1.</param>
/// <param name="Bytes">Their framed bytes: at most <see cref="MaxBytes"/>. Valid until the append has been answered.</param>
/// <param name="Hash">The chain hash after the last of them: 32 bytes.</param>
/// <param name="AddedLicenses">License rows that come into being with the batch.</param>
/// <param name="DroppedLicenses">Licenses whose rows go with the batch.</param>
public sealed record JournalBatch(
    int Count,
    ReadOnlyMemory<byte> Bytes,
    ReadOnlyMemory<byte> Hash,
    IReadOnlyList<LicenseRow> AddedLicenses,
    IReadOnlyList<LicenseId> DroppedLicenses)
{
    /// <summary>The most that one batch may hold, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>A license row that takes the place of the one with the same id in the same pool: at most one, and none is added then.</summary>
    public IReadOnlyList<LicenseRow> ReplacedLicenses { get; init; } = [];
}

/// <summary>A license file as kept beside the journal, once.</summary>
/// <param name="Id">The id inside the file.</param>
/// <param name="Pool">The pool it belongs to.</param>
/// <param name="File">The exact bytes of the file: at most 1 MiB.</param>
/// <param name="Key">The license key.</param>
public sealed record LicenseRow(LicenseId Id, PoolName Pool, ReadOnlyMemory<byte> File, string Key);

/// <summary>What an open or a read replays.</summary>
public abstract record ReplayItem;

/// <summary>A part of a snapshot.</summary>
/// <param name="Version">The version the snapshot stands at.</param>
/// <param name="Hash">The chain hash at that version.</param>
/// <param name="Index">Which part, from 0.</param>
/// <param name="Count">How many parts in all.</param>
/// <param name="Bytes">At most <see cref="MaxBytes"/>. Valid until the write has been answered, or the replay goes on.</param>
public sealed record SnapshotPart(long Version, ReadOnlyMemory<byte> Hash, int Index, int Count, ReadOnlyMemory<byte> Bytes) : ReplayItem
{
    /// <summary>The most that one part may hold, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;
}

/// <summary>One stored batch.</summary>
/// <param name="FirstVersion">The version of its first event.</param>
/// <param name="Count">How many events.</param>
/// <param name="Bytes">Their framed bytes. In a replay valid until it goes on.</param>
/// <param name="Hash">The chain hash after the last of them.</param>
public sealed record JournalRecord(long FirstVersion, int Count, ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> Hash) : ReplayItem
{
    /// <summary>The version of its last event.</summary>
    public long LastVersion => FirstVersion + Count - 1;
}
