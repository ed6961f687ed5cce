using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Berth.Server.Management;

/// <summary>The schemas of the records that the API takes and gives, each once, under its own name.</summary>
internal sealed class OpenApiSchemas
{
    private readonly SortedDictionary<string, JsonTypeInfo> _types = new(StringComparer.Ordinal);

    /// <summary>Refers to a record's schema, which goes into the document.</summary>
    public JsonNode Reference(JsonTypeInfo type)
    {
        var name = type.Type.Name;
        if (_types.TryGetValue(name, out var there) && there.Type != type.Type)
        {
            throw new InvalidOperationException($"Two records of the API are called {name}.");
        }

        _types[name] = type;
        return new JsonObject { ["$ref"] = "#/components/schemas/" + name };
    }

    /// <summary>All that were referred to, and what they refer to.</summary>
    public JsonObject All()
    {
        var made = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        while (_types.Keys.FirstOrDefault(name => !made.ContainsKey(name)) is { } next)
        {
            made[next] = _types[next].GetJsonSchemaAsNode(new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true,
                TransformSchemaNode = Named,
            });
        }

        return new JsonObject(made);
    }

    /// <summary>A record inside another one is referred to, and bytes say how they travel.</summary>
    private JsonNode Named(JsonSchemaExporterContext context, JsonNode schema)
    {
        if ((Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type) == typeof(ReadOnlyMemory<byte>))
        {
            return new JsonObject { ["type"] = "string", ["contentEncoding"] = "base64" };
        }

        return context.Path.Length > 0 && context.TypeInfo.Kind == JsonTypeInfoKind.Object ? Reference(context.TypeInfo) : schema;
    }
}
