namespace Berth.Licensing;

/// <summary>What a vendor puts into a license file. <see cref="LicenseIssuer.Issue"/> checks it.</summary>
public sealed record LicenseTemplate
{
    /// <summary>The license's identifier: a UUID in its usual form of 36 characters.</summary>
    public required string Id { get; init; }

    /// <summary>The license key, not blank. It also encrypts the file, with one plain hash, so it should be long and random.</summary>
    public required string Key { get; init; }

    /// <summary>The license's name, or null for none.</summary>
    public string? Name { get; init; }

    /// <summary>When the license itself ends, or null for never. Milliseconds are kept, finer parts are cut off.</summary>
    public DateTimeOffset? Expiry { get; init; }

    /// <summary>When the file is issued, which is normally now. Milliseconds are kept, finer parts are cut off.</summary>
    public required DateTimeOffset Issued { get; init; }

    /// <summary>How long the file is good for from its issue, in whole seconds and at least one, or null for without end.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>The most machines allowed at once, at least one, or null to leave it out.</summary>
    public int? MaxMachines { get; init; }

    /// <summary>Names the license by its identifier alone, so that no log line carries a license key by accident.</summary>
    public override string ToString() => $"LicenseTemplate {Id}";
}
