using System.Text.Json.Nodes;

namespace Berth.Deploy.Tests.Kubernetes;

/// <summary>Lays a patch over an object: objects are merged, lists with a key are merged by it, other lists are replaced.</summary>
internal static class StrategicMerge
{
    /// <summary>By what the items of a list are told apart. Lists that are not here are replaced.</summary>
    private static readonly Dictionary<string, string[]> _keys = new(StringComparer.Ordinal)
    {
        ["containers"] = ["name"],
        ["initContainers"] = ["name"],
        ["volumes"] = ["name"],
        ["env"] = ["name"],
        ["volumeMounts"] = ["mountPath"],
        ["ports"] = ["containerPort", "port"],
    };

    public static JsonObject Over(JsonObject patch, JsonObject below)
    {
        var merged = (JsonObject)below.DeepClone();
        foreach (var (name, value) in patch)
        {
            if (name[0] == '$' || value is null)
            {
                throw new NotSupportedException($"{name}: directives and removals are not used here");
            }

            merged[name] = (value, merged[name]) switch
            {
                (JsonObject upper, JsonObject lower) => Over(upper, lower),
                (JsonArray upper, JsonArray lower) when KeyOf(name, upper) is { } key => Over(upper, lower, key),
                _ => value.DeepClone(),
            };
        }

        return merged;
    }

    /// <summary>What the patch names comes first, in its order.</summary>
    private static JsonArray Over(JsonArray patch, JsonArray below, string key)
    {
        var merged = new JsonArray();
        foreach (var upper in patch.Cast<JsonObject>())
        {
            var lower = below.Cast<JsonObject>().SingleOrDefault(item => item.Text(key) == upper.Text(key));
            merged.Add(lower is null ? upper.DeepClone() : Over(upper, lower));
        }

        foreach (var lower in below.Cast<JsonObject>().Where(item => !patch.Any(upper => upper.Text(key) == item.Text(key))))
        {
            merged.Add(lower.DeepClone());
        }

        return merged;
    }

    private static string? KeyOf(string list, JsonArray items) =>
        _keys.TryGetValue(list, out var keys) ? keys.FirstOrDefault(key => items.All(item => item.Text(key) is not null)) : null;
}
