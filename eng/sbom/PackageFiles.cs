using System.IO.Compression;
using System.Security.Cryptography;
using System.Xml.Linq;

namespace Berth.Sbom;

/// <summary>The package files that lie in the bundle: what an SBOM says of them can be checked against them.</summary>
internal sealed class PackageFiles(string folder)
{
    /// <summary>The SHA-512 of a package file, in lower-case hex.</summary>
    public string Sha512(string id, string version)
    {
        using var file = File.OpenRead(PathOf(id, version));
        return Convert.ToHexStringLower(SHA512.HashData(file));
    }

    /// <summary>The SHA-256 of a file in a package, in lower-case hex.</summary>
    public string Sha256(string id, string version, string entry)
    {
        using var package = ZipFile.OpenRead(PathOf(id, version));
        using var file = package.GetEntry(entry)?.Open() ?? throw new InvalidDataException($"{id} {version} has no {entry}");
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>What the manifest of a package says of where it is from.</summary>
    /// <exception cref="InvalidDataException">It names no authors, which every package has to.</exception>
    public PackageOrigin Origin(string id, string version)
    {
        using var package = ZipFile.OpenRead(PathOf(id, version));
        var manifest = package.Entries.First(entry => entry.FullName.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase));
        using var text = manifest.Open();
        var elements = XDocument.Load(text).Descendants().ToList();
        return new PackageOrigin(
            elements.Find(element => element.Name.LocalName == "authors")?.Value ?? throw new InvalidDataException($"{id} {version} has no authors"),
            License("expression"),
            License("file"));

        string? License(string type) =>
            elements.Find(element => element.Name.LocalName == "license" && (string?)element.Attribute("type") == type)?.Value;
    }

    private string PathOf(string id, string version)
    {
        var path = Path.Combine(folder, $"{id}.{version}.nupkg".ToLowerInvariant());
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not there: run eng/vendor-packages");
    }
}
