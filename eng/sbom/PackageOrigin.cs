namespace Berth.Sbom;

/// <summary>Where a package is from.</summary>
/// <param name="Authors">Who made it.</param>
/// <param name="License">The SPDX expression of its license; null where it gives a file or an address instead.</param>
/// <param name="LicenseFile">The file in it that has its license, if it gives one.</param>
internal sealed record PackageOrigin(string Authors, string? License, string? LicenseFile);
