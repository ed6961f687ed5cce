using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Berth.Deploy.Tests.Kubernetes;

/// <summary>YAML as Kubernetes reads it: numbers (octal ones too), truths and texts.</summary>
internal static class Yaml
{
    /// <summary>The documents of a file of the checkout.</summary>
    public static IReadOnlyList<JsonObject> ReadAll(string path) => ParseAll(Repository.Read(path));

    /// <summary>Its only document.</summary>
    public static JsonObject Read(string path) => ReadAll(path).ShouldHaveSingleItem();

    public static IReadOnlyList<JsonObject> ParseAll(string text)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(text);
        stream.Load(new MergingParser(new Parser(reader)));
        return [.. stream.Documents.Select(document => (JsonObject)Node(document.RootNode)!)];
    }

    private static JsonNode? Node(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Node(pair.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Select(Node)]),
        YamlScalarNode scalar => Scalar(scalar),
        _ => throw new InvalidDataException($"{node.NodeType} at {node.Start} is not expected"),
    };

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? string.Empty;
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "null" or "~" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            ['0', _, ..] when text.All(char.IsAsciiDigit) => JsonValue.Create(Convert.ToInt64(text, 8)),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }
}
