namespace Berth.Licensing;

/// <summary>What a license file grants. Every value comes from the signed part of the file. All times are UTC.</summary>
public sealed record License
{
    /// <summary>The license's identifier, never blank. Issuers use a UUID; nothing here depends on it.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// The license key that stands inside the file, never blank. It is what a node is given. It normally opens the file,
    /// but a vendor may have encrypted the file with another one.
    /// </summary>
    public required string Key { get; init; }

    /// <summary>The license's name, or null.</summary>
    public string? Name { get; init; }

    /// <summary>When the license itself ends, or null for never. A file with an ended license is accepted all the same.</summary>
    public DateTimeOffset? LicenseExpiry { get; init; }

    /// <summary>When the file was issued.</summary>
    public required DateTimeOffset FileIssued { get; init; }

    /// <summary>The end that the file states, or null. It counts only with a <see cref="FileTtl"/>: see <see cref="FileEnd"/>.</summary>
    public DateTimeOffset? FileExpiry { get; init; }

    /// <summary>How long the file is good for from its issue, in whole seconds, or null for without end.</summary>
    public TimeSpan? FileTtl { get; init; }

    /// <summary>When the file stops being accepted, or null for never. A file without a ttl never ends, whatever it states.</summary>
    public DateTimeOffset? FileEnd => FileTtl is null ? null : FileExpiry;

    /// <summary>The most machines that the vendor allows at once, at least 0, or null where the file does not say.</summary>
    public int? MaxMachines { get; init; }

    /// <summary>SHA-256 of the exact bytes of the file, as 64 lower-case hexadecimal digits.</summary>
    public required string FileSha256 { get; init; }

    /// <summary>Names the license by its identifier alone, so that no log line carries a license key by accident.</summary>
    public override string ToString() => $"License {Id}";
}
