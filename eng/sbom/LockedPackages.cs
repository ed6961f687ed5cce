using System.Text.Json;

namespace Berth.Sbom;

/// <summary>Every package of a set of lock files, once, by name and version.</summary>
internal sealed class LockedPackages
{
    private const string LockFile = "packages.lock.json";

    private readonly SortedDictionary<string, Component> _components = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The packages, sorted by name and version.</summary>
    public IReadOnlyCollection<Component> Components => _components.Values;

    /// <summary>Reads the lock file of each project below a folder.</summary>
    /// <exception cref="InvalidDataException">There is none, or two of them disagree about a package.</exception>
    public static LockedPackages Read(string folder)
    {
        var packages = new LockedPackages();
        var files = Directory.EnumerateFiles(folder, LockFile, SearchOption.AllDirectories)
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (files.Count == 0)
        {
            throw new InvalidDataException($"no {LockFile} lies below {folder}: restore the solution first");
        }

        foreach (var file in files)
        {
            packages.Add(Path.GetFileName(Path.GetDirectoryName(file)!), File.ReadAllBytes(file));
        }

        return packages;
    }

    /// <summary>Adds what one lock file names.</summary>
    /// <exception cref="InvalidDataException">Another lock file has the same package with another content.</exception>
    public void Add(string project, ReadOnlyMemory<byte> lockFile)
    {
        using var parsed = JsonDocument.Parse(lockFile);
        foreach (var framework in parsed.RootElement.GetProperty("dependencies").EnumerateObject())
        {
            var packages = framework.Value.EnumerateObject().Where(entry => Text(entry.Value, "type") != "Project").ToList();
            var resolved = packages.ToDictionary(
                entry => entry.Name, entry => Text(entry.Value, "resolved"), StringComparer.OrdinalIgnoreCase);
            foreach (var entry in packages)
            {
                Add(project, entry, resolved);
            }
        }
    }

    private void Add(string project, JsonProperty entry, Dictionary<string, string> resolved)
    {
        var version = resolved[entry.Name];
        var hash = Text(entry.Value, "contentHash");
        var key = $"{entry.Name} {version}";
        if (!_components.TryGetValue(key, out var component))
        {
            _components.Add(key, component = new Component(entry.Name, version, hash));
        }
        else if (component.ContentHash != hash)
        {
            throw new InvalidDataException($"the lock files disagree about the hash of {key}: restore the solution with --force-evaluate");
        }

        (Text(entry.Value, "type") == "Direct" ? component.DirectIn : component.TransitiveIn).Add(project);
        if (entry.Value.TryGetProperty("dependencies", out var needs))
        {
            component.Needs.UnionWith(needs.EnumerateObject()
                .Where(need => resolved.ContainsKey(need.Name))
                .Select(need => Component.UrlOf(NameIn(resolved, need.Name), resolved[need.Name])));
        }
    }

    /// <summary>The name as its own entry writes it; dependencies may write it otherwise.</summary>
    private static string NameIn(Dictionary<string, string> resolved, string name) =>
        resolved.Keys.First(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase));

    private static string Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) ? value.GetString() ?? string.Empty : string.Empty;
}
