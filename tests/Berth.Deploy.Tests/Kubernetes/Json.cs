using System.Text.Json.Nodes;

namespace Berth.Deploy.Tests.Kubernetes;

/// <summary>Ways through objects whose parts may be missing.</summary>
internal static class Json
{
    /// <summary>What is at a path such as <c>spec/template/spec</c>; null: something on the way is missing.</summary>
    public static JsonNode? At(this JsonNode? node, string path) =>
        path.Split('/').Aggregate(node, (at, name) => at is JsonObject parts ? parts[name] : null);

    /// <summary>The text at a path; null: there is none.</summary>
    public static string? Text(this JsonNode? node, string path) => node.At(path)?.ToString();

    /// <summary>The objects of a list at a path.</summary>
    public static IReadOnlyList<JsonObject> List(this JsonNode? node, string path) => [.. (node.At(path) as JsonArray ?? []).OfType<JsonObject>()];

    /// <summary>The texts of a list at a path.</summary>
    public static IReadOnlyList<string> Texts(this JsonNode? node, string path) => [.. (node.At(path) as JsonArray ?? []).Select(item => item!.ToString())];

    /// <summary>The names and texts of an object at a path, such as labels.</summary>
    public static IReadOnlyDictionary<string, string> Pairs(this JsonNode? node, string path) =>
        (node.At(path) as JsonObject ?? []).ToDictionary(pair => pair.Key, pair => pair.Value!.ToString(), StringComparer.Ordinal);

    /// <summary>Every object inside, and itself.</summary>
    public static IEnumerable<JsonObject> Inside(this JsonNode? node) => node switch
    {
        JsonObject parts => parts.SelectMany(part => part.Value.Inside()).Prepend(parts),
        JsonArray items => items.SelectMany(item => item.Inside()),
        _ => [],
    };
}
