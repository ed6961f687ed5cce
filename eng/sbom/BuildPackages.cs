using System.Xml.Linq;

namespace Berth.Sbom;

/// <summary>Packages that only the compiler uses, such as analyzers: nothing of them is in what is shipped.</summary>
internal static class BuildPackages
{
    /// <summary>Their names, from every project file of the product and the properties that all projects share.</summary>
    public static IReadOnlySet<string> Read(string root) =>
        Directory.EnumerateFiles(Path.Combine(root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Append(Path.Combine(root, "Directory.Build.props"))
            .SelectMany(path => XDocument.Load(path).Descendants())
            .Where(element => element.Name.LocalName == "PackageReference" && (string?)element.Attribute("PrivateAssets") == "all")
            .Select(element => (string)element.Attribute("Include")!)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
