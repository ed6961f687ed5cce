namespace Berth.Runtime.Journal;

/// <summary>What every journal refuses before it looks at a pool.</summary>
public static class JournalLimits
{
    /// <summary>Why the batch is not fit to be stored, or null.</summary>
    public static string? Flaw(JournalBatch batch) => batch switch
    {
        { Count: < 1 } => "a batch holds at least one event",
        { Bytes.Length: > JournalBatch.MaxBytes } => $"a batch of {batch.Bytes.Length} bytes is larger than {JournalBatch.MaxBytes}",
        { ReplacedLicenses.Count: > 1 } or { ReplacedLicenses.Count: 1, AddedLicenses.Count: > 0 } =>
            "a batch replaces one license file, or adds some",
        { Hash.Length: not AuditChain.HashBytes } => $"a chain hash of {batch.Hash.Length} bytes is not one of {AuditChain.HashBytes}",
        _ => null,
    };

    /// <summary>Why the part is not fit to be stored, or null.</summary>
    public static string? Flaw(SnapshotPart part) => part switch
    {
        { Index: < 0 } => $"there is no part {part.Index} of a snapshot",
        _ when part.Index >= part.Count => $"there is no part {part.Index} of a snapshot in {part.Count} parts",
        { Bytes.Length: > SnapshotPart.MaxBytes } =>
            $"a snapshot part of {part.Bytes.Length} bytes is larger than {SnapshotPart.MaxBytes}",
        { Hash.Length: not AuditChain.HashBytes } => $"a chain hash of {part.Hash.Length} bytes is not one of {AuditChain.HashBytes}",
        _ => null,
    };

    /// <summary>Throws unless the denials are fit to be stored.</summary>
    public static void Check(IReadOnlyList<DenialCount> denials)
    {
        if (denials.Count is < 1 or > DenialCount.MaxAtOnce)
        {
            throw new ArgumentException($"{denials.Count} denials are not 1 to {DenialCount.MaxAtOnce}", nameof(denials));
        }

        if (denials.Any(denial => denial.Count < 1))
        {
            throw new ArgumentException("a denial counts at least once", nameof(denials));
        }
    }
}
