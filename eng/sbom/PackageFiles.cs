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

    /// <summary>The SPDX expression of a package's license; null where it gives a file or an address instead.</summary>
    public string? License(string id, string version)
    {
        using var package = ZipFile.OpenRead(PathOf(id, version));
        var manifest = package.Entries.First(entry => entry.FullName.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase));
        using var text = manifest.Open();
        return XDocument.Load(text).Descendants()
            .FirstOrDefault(element => element.Name.LocalName == "license" && (string?)element.Attribute("type") == "expression")?.Value;
    }

    private string PathOf(string id, string version)
    {
        var path = Path.Combine(folder, $"{id}.{version}.nupkg".ToLowerInvariant());
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not there: run eng/vendor-packages");
    }
}
