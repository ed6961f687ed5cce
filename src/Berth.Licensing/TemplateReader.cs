using System.Text;
using System.Text.Json;

namespace Berth.Licensing;

/// <summary>Reads a template's JSON and finds the placeholders in its texts. Whatever is wrong is said with its line.</summary>
internal sealed class TemplateReader(ReadOnlyMemory<byte> json, IReadOnlyList<string> columns)
{
    private const int MaxDepth = 64;

    private readonly HashSet<int> _used = [];
    private int _line = 1;
    private int _counted;

    /// <summary>The numbers of the columns that a placeholder names.</summary>
    public IReadOnlySet<int> Used => _used;

    /// <summary>A failure that names the line.</summary>
    public static InvalidDataException Flaw(int line, string what) => new($"line {line}: {what}");

    /// <exception cref="InvalidDataException">It is not JSON, names a member twice, or has a placeholder that means nothing.</exception>
    public TemplateNode Read()
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            var node = Value(ref reader);
            reader.Read();
            return node;
        }
        catch (JsonException error)
        {
            var end = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            throw Flaw((int)(error.LineNumber ?? 0) + 1, "not JSON: " + (end < 0 ? error.Message : error.Message[..end]));
        }
        catch (InvalidOperationException)
        {
            throw Flaw(_line, "a text that is not UTF-8, or holds half a surrogate pair");
        }
    }

    private TemplateNode Value(ref Utf8JsonReader reader)
    {
        var line = LineOf((int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return Object(ref reader, line);
            case JsonTokenType.StartArray:
                var items = new List<TemplateNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Value(ref reader));
                }

                return new TemplateArray(line, items);
            case JsonTokenType.String:
                return Text(line, reader.GetString()!);
            default:
                return new TemplateLiteral(line, Encoding.UTF8.GetString(reader.ValueSpan));
        }
    }

    private TemplateObject Object(ref Utf8JsonReader reader, int line)
    {
        var members = new List<KeyValuePair<string, TemplateNode>>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var at = LineOf((int)reader.TokenStartIndex);
            var name = reader.GetString()!;
            if (!names.Add(name))
            {
                throw Flaw(at, $"\"{name}\" stands twice in one object");
            }

            reader.Read();
            members.Add(KeyValuePair.Create(name, Value(ref reader)));
        }

        return new TemplateObject(line, members);
    }

    /// <summary>Two braces are one; what stands between single ones is the name of a value, with # before it where it is no text.</summary>
    private TemplateNode Text(int line, string text)
    {
        var pieces = new List<TemplatePiece>();
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var twice = i + 1 < text.Length && text[i + 1] == text[i];
            if (text[i] is not ('{' or '}') || twice)
            {
                plain.Append(text[i]);
                i += text[i] is '{' or '}' ? 1 : 0;
                continue;
            }

            var end = text.IndexOf('}', i);
            if (text[i] == '}' || end < 0)
            {
                throw Flaw(line, $"a brace without the other in \"{text}\": a brace that is meant as such is written twice");
            }

            var name = text[(i + 1)..end];
            if (name.StartsWith('#') && i == 0 && end == text.Length - 1)
            {
                return new TemplateNumber(line, Column(line, name[1..]), name[1..], null);
            }

            pieces.Add(new TemplatePiece(plain.ToString(), null));
            pieces.Add(new TemplatePiece(string.Empty, Column(line, name)));
            plain.Clear();
            i = end;
        }

        pieces.Add(new TemplatePiece(plain.ToString(), null));
        return new TemplateText(line, pieces);
    }

    private int Column(int line, string name)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (string.Equals(columns[i], name, StringComparison.Ordinal))
            {
                _used.Add(i);
                return i;
            }
        }

        throw Flaw(line, name.StartsWith('#')
            ? $"{{{name}}} must be the whole text, since it becomes a number"
            : $"{{{name}}} means nothing: there are {string.Join(", ", columns.Select(column => $"{{{column}}}"))}");
    }

    private int LineOf(int offset)
    {
        _line += json.Span[_counted..offset].Count((byte)'\n');
        _counted = offset;
        return _line;
    }
}
