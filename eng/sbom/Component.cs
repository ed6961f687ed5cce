namespace Berth.Sbom;

/// <summary>A package of the product, once, whoever refers to it.</summary>
internal sealed class Component(string id, string version, string contentHash)
{
    /// <summary>Its name, as the first lock file writes it.</summary>
    public string Id { get; } = id;

    /// <summary>Its version.</summary>
    public string Version { get; } = version;

    /// <summary>What the lock file pins it by: SHA-512 in base64, of the package without its signature.</summary>
    public string ContentHash { get; } = contentHash;

    /// <summary>The projects that name it.</summary>
    public SortedSet<string> DirectIn { get; } = new(StringComparer.Ordinal);

    /// <summary>The projects that get it with something else.</summary>
    public SortedSet<string> TransitiveIn { get; } = new(StringComparer.Ordinal);

    /// <summary>The package URLs of what it needs itself.</summary>
    public SortedSet<string> Needs { get; } = new(StringComparer.Ordinal);

    /// <summary>Its package URL, which also names it within the document.</summary>
    public string Url => UrlOf(Id, Version);

    /// <summary>The package URL of a NuGet package.</summary>
    public static string UrlOf(string id, string version) => $"pkg:nuget/{id}@{Uri.EscapeDataString(version)}";
}
