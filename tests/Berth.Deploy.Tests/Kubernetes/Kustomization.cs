using System.Text.Json.Nodes;

namespace Berth.Deploy.Tests.Kubernetes;

/// <summary>
/// Renders the small part of kustomize that the manifests keep to. Whatever else a kustomization asks for is refused, so that nothing is
/// rendered here otherwise than by kustomize; where that is installed, a test compares the two.
/// </summary>
internal static class Kustomization
{
    private const string File = "kustomization.yaml";

    /// <summary>The objects of an overlay.</summary>
    public static IReadOnlyList<JsonObject> Render(string folder)
    {
        var kustomization = Yaml.Read(Path.Combine(folder, File));
        kustomization.Text("kind").ShouldBe("Kustomization");
        return Apply(folder, kustomization, []);
    }

    /// <summary>The same with components that the overlay does not take in by itself.</summary>
    public static IReadOnlyList<JsonObject> Render(string folder, params string[] components) =>
        components.Aggregate(Render(folder), (objects, component) => Component(component, objects, NamespaceOf(folder)));

    private static IReadOnlyList<JsonObject> Component(string folder, IReadOnlyList<JsonObject> objects, string? space)
    {
        var component = Yaml.Read(Path.Combine(folder, File));
        component.Text("kind").ShouldBe("Component");
        return [.. Apply(folder, component, objects).Select(one => space is null ? one : Placed(one, space))];
    }

    private static string? NamespaceOf(string folder) => Yaml.Read(Path.Combine(folder, File)).Text("namespace");

    private static IReadOnlyList<JsonObject> Apply(string folder, JsonObject kustomization, IReadOnlyList<JsonObject> below)
    {
        List<JsonObject> objects = [.. below, .. kustomization.Texts("resources").SelectMany(name => Resource(Within(folder, name)))];
        foreach (var (name, value) in kustomization)
        {
            switch (name)
            {
                case "apiVersion" or "kind" or "resources":
                    break;
                case "patches":
                    objects = Patched(objects, ((JsonArray)value!).Cast<JsonObject>().Select(patch => Yaml.Read(Within(folder, Only(patch, "path")))));
                    break;
                case "namespace":
                    objects = [.. objects.Select(one => Placed(one, value!.ToString()))];
                    break;
                case "labels":
                    objects = [.. objects.Select(one => ((JsonArray)value!).Cast<JsonObject>().Aggregate(one, Labeled))];
                    break;
                case "images":
                    objects = [.. objects.Select(one => ((JsonArray)value!).Cast<JsonObject>().Aggregate(one, Moved))];
                    break;
                default:
                    throw new NotSupportedException($"{folder}: {name} is not rendered here");
            }
        }

        return objects;
    }

    private static IReadOnlyList<JsonObject> Resource(string path) => Directory.Exists(Repository.File(path)) ? Render(path) : Yaml.ReadAll(path);

    private static string Within(string folder, string name) => Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", folder, name)));

    private static string Only(JsonObject node, string name) =>
        node.Count == 1 && node.Text(name) is { } text ? text : throw new NotSupportedException($"{node.ToJsonString()}: only {name} is rendered here");

    private static List<JsonObject> Patched(List<JsonObject> objects, IEnumerable<JsonObject> patches)
    {
        foreach (var patch in patches)
        {
            var at = objects.FindIndex(one => one.Text("kind") == patch.Text("kind") && one.Text("metadata/name") == patch.Text("metadata/name"));
            at.ShouldBeGreaterThanOrEqualTo(0, $"nothing is there to be patched: {patch.Text("kind")} {patch.Text("metadata/name")}");
            objects[at] = StrategicMerge.Over(patch, objects[at]);
        }

        return objects;
    }

    private static JsonObject Placed(JsonObject one, string space) => one.Text("kind") == "Namespace"
        ? one
        : StrategicMerge.Over(new JsonObject { ["metadata"] = new JsonObject { ["namespace"] = space } }, one);

    private static JsonObject Labeled(JsonObject one, JsonObject labels)
    {
        Only(labels, "pairs").ShouldNotBeNull();
        return StrategicMerge.Over(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = labels["pairs"]!.DeepClone() } }, one);
    }

    private static JsonObject Moved(JsonObject one, JsonObject image)
    {
        image.Select(pair => pair.Key).ShouldBeSubsetOf(["name", "newName", "newTag", "digest"]);
        var moved = (JsonObject)one.DeepClone();
        foreach (var container in moved.Inside().Where(part => part["image"] is JsonValue && part["image"]!.ToString().Split(':', '@')[0] == image.Text("name")))
        {
            var old = container["image"]!.ToString();
            var name = image.Text("newName") ?? image.Text("name")!;
            container["image"] = image.Text("digest") is { } digest ? $"{name}@{digest}"
                : image.Text("newTag") is { } tag ? $"{name}:{tag}"
                : name + old[image.Text("name")!.Length..];
        }

        return moved;
    }
}
