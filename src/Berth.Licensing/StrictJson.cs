using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Berth.Licensing;

/// <summary>
/// Reads JSON from strangers without exceptions. A document with a name twice in one object is refused, because two readers may see two
/// things in it. In the Try methods for fields, absent and null are both null, and false means a value of another kind.
/// </summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    public static bool TryParseObject(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        if (!Utf8.IsValid(utf8.Span))
        {
            return false;
        }

        try
        {
            document = JsonDocument.Parse(utf8, s_options);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is how the parser answers a name that is half a surrogate pair.
            return false;
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return true;
        }

        document.Dispose();
        document = null;
        return false;
    }

    public static bool TryObject(JsonElement parent, string name, out JsonElement value) =>
        parent.TryGetProperty(name, out value) && value.ValueKind == JsonValueKind.Object;

    public static bool TryText(JsonElement parent, string name, out string? text)
    {
        text = null;
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            text = value.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, written as an escape: legal JSON, but no text.
            return false;
        }
    }

    public static bool TryWhole(JsonElement parent, string name, out long? number)
    {
        number = null;
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var whole))
        {
            return false;
        }

        number = whole;
        return true;
    }

    /// <summary>Reads an RFC 3339 time. One without an offset is refused, since it would mean another instant on each machine.</summary>
    public static bool TryTime(JsonElement parent, string name, out DateTimeOffset? time)
    {
        time = null;
        if (!TryText(parent, name, out var text))
        {
            return false;
        }

        if (text is null)
        {
            return true;
        }

        if (!HasOffset(text) || !parent.GetProperty(name).TryGetDateTimeOffset(out var instant))
        {
            return false;
        }

        time = instant.ToUniversalTime();
        return true;
    }

    private static bool HasOffset(string text) =>
        text.Length > "yyyy-MM-ddTHH:mm:ss".Length && (text[^1] == 'Z' || (text[^3] == ':' && text[^6] is '+' or '-'));
}
