using System.Globalization;
using System.Text.Json;

namespace Berth.Licensing;

/// <summary>A JSON value of a template, which writes itself with one license's values. Those of its own line names it.</summary>
/// <param name="Line">Where it stands in the template, from 1 on.</param>
internal abstract record TemplateNode(int Line)
{
    public abstract void Write(Utf8JsonWriter writer, IReadOnlyList<string> values);

    /// <summary>Whether anything in it differs from license to license.</summary>
    public abstract bool Varies { get; }
}

internal sealed record TemplateObject(int Line, List<KeyValuePair<string, TemplateNode>> Members) : TemplateNode(Line)
{
    public override bool Varies => Members.Exists(member => member.Value.Varies);

    /// <summary>The member of that name; null where it is missing or <c>null</c>.</summary>
    public TemplateNode? this[string name] =>
        Members.Find(member => string.Equals(member.Key, name, StringComparison.Ordinal)).Value is { } node and not TemplateLiteral { Text: "null" }
            ? node
            : null;

    /// <summary>Puts a member in the place of the one of the same name, or else at the end.</summary>
    public void Set(string name, TemplateNode node)
    {
        var at = Members.FindIndex(member => string.Equals(member.Key, name, StringComparison.Ordinal));
        var member = KeyValuePair.Create(name, node);
        if (at < 0)
        {
            Members.Add(member);
        }
        else
        {
            Members[at] = member;
        }
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> values)
    {
        writer.WriteStartObject();
        foreach (var (name, node) in Members)
        {
            writer.WritePropertyName(name);
            node.Write(writer, values);
        }

        writer.WriteEndObject();
    }
}

internal sealed record TemplateArray(int Line, IReadOnlyList<TemplateNode> Items) : TemplateNode(Line)
{
    public override bool Varies => Items.Any(item => item.Varies);

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> values)
    {
        writer.WriteStartArray();
        foreach (var item in Items)
        {
            item.Write(writer, values);
        }

        writer.WriteEndArray();
    }
}

/// <summary>A number, true, false or null, as it stands.</summary>
internal sealed record TemplateLiteral(int Line, string Text) : TemplateNode(Line)
{
    public override bool Varies => false;

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> values) => writer.WriteRawValue(Text);
}

/// <summary>A text: pieces that stand as they are, and the values between them.</summary>
internal sealed record TemplateText(int Line, IReadOnlyList<TemplatePiece> Pieces) : TemplateNode(Line)
{
    public override bool Varies => Pieces.Any(piece => piece.Column is not null);

    public string Text(IReadOnlyList<string> values) =>
        string.Concat(Pieces.Select(piece => piece.Column is { } column ? values[column] : piece.Text));

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> values) => writer.WriteStringValue(Text(values));
}

/// <summary>A piece of a text, or the number of the value that takes its place.</summary>
internal readonly record struct TemplatePiece(string Text, int? Column);

/// <summary>A value that is no text: a number, true or false. An empty one is <paramref name="Otherwise"/>, or else null.</summary>
internal sealed record TemplateNumber(int Line, int Column, string Name, TemplateNode? Otherwise) : TemplateNode(Line)
{
    public override bool Varies => true;

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> values)
    {
        switch (values[Column].Trim())
        {
            case "" when Otherwise is not null: Otherwise.Write(writer, values); break;
            case "": writer.WriteNullValue(); break;
            case "true": writer.WriteBooleanValue(true); break;
            case "false": writer.WriteBooleanValue(false); break;
            case var text when decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number):
                writer.WriteNumberValue(number);
                break;
            case var text: throw new InvalidDataException($"{Name} is \"{text}\", which is neither a number nor true or false");
        }
    }
}

/// <summary>A text that a list gives. An empty one is <paramref name="Otherwise"/>, or else null.</summary>
internal sealed record TemplateCell(int Line, int Column, TemplateNode? Otherwise) : TemplateNode(Line)
{
    public override bool Varies => true;

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> values)
    {
        if (values[Column].Length > 0)
        {
            writer.WriteStringValue(values[Column]);
        }
        else if (Otherwise is not null)
        {
            Otherwise.Write(writer, values);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
