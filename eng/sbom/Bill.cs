namespace Berth.Sbom;

/// <summary>What a bill of materials is made from.</summary>
internal sealed record Bill
{
    /// <summary>The product's version.</summary>
    public required string Version { get; init; }

    /// <summary>The time of the commit, so that the same commit gives the same bill.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The version of the .NET runtime inside the single file; null if it has none.</summary>
    public string? Runtime { get; init; }

    /// <summary>What the lock files name.</summary>
    public required LockedPackages Packages { get; init; }

    /// <summary>Which of them only the compiler uses.</summary>
    public required IReadOnlySet<string> BuildOnly { get; init; }

    /// <summary>The files of the packages.</summary>
    public required PackageFiles Files { get; init; }
}
