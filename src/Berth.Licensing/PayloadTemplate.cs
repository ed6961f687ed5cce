using System.Globalization;
using System.Security.Cryptography;

namespace Berth.Licensing;

/// <summary>A license file that was made from a template.</summary>
/// <param name="Id">The license's identifier.</param>
/// <param name="Key">The license key that opens the file.</param>
/// <param name="File">The bytes of the file.</param>
public sealed record IssuedFile(string Id, string Key, byte[] File)
{
    /// <summary>Names the license by its identifier alone, so that no log line carries a license key by accident.</summary>
    public override string ToString() => $"IssuedFile {Id}";
}

/// <summary>
/// The document of a license, with placeholders in its texts: <c>{n}</c> is the number of the license, <c>{id}</c> its identifier,
/// <c>{key}</c> its key, <c>{x}</c> its value in the column x of a list; <c>"{#x}"</c>, alone in its text, becomes a number, true, false or
/// (where empty) null. <c>{{</c> and <c>}}</c> are braces. Columns called <c>name</c>, <c>expiry</c> and <c>maxMachines</c> set these
/// attributes where no placeholder uses them, those called <c>id</c> and <c>key</c> take the place of the random ones; any other must be used.
/// What every license has in common may be left out of the document: type, id, key, and in meta issued and expiry.
/// It may be used from several threads at once.
/// </summary>
public sealed class PayloadTemplate
{
    private const int MaxIdBytes = 128;
    private const int Builtin = 3;
    private static readonly string[] s_builtin = ["n", "id", "key"];

    private readonly TemplateObject _root;
    private readonly int _idColumn;
    private readonly int _keyColumn;

    private PayloadTemplate(TemplateObject root, int idColumn, int keyColumn)
    {
        _root = root;
        _idColumn = idColumn;
        _keyColumn = keyColumn;
    }

    /// <summary>Reads a template.</summary>
    /// <param name="json">The document in UTF-8, at most <see cref="LicenseReader.MaxFileBytes"/>.</param>
    /// <param name="columns">The columns of the list, in order; none: empty.</param>
    /// <param name="issued">When the files are issued, unless the template says so itself.</param>
    /// <exception cref="InvalidDataException">Something is wrong with it. The message begins with the line.</exception>
    public static PayloadTemplate Parse(ReadOnlyMemory<byte> json, IReadOnlyList<string> columns, DateTimeOffset issued)
    {
        if (json.Length > LicenseReader.MaxFileBytes)
        {
            throw TemplateReader.Flaw(1, $"more than {LicenseReader.MaxFileBytes} bytes");
        }

        if (json.Span.StartsWith("\uFEFF"u8))
        {
            json = json["\uFEFF"u8.Length..];
        }

        var names = Names(columns);
        var reader = new TemplateReader(json, names);
        var root = reader.Read() as TemplateObject ?? throw TemplateReader.Flaw(1, "not a JSON object");
        var data = Part(root, "data", root.Line);
        var attributes = Part(data, "attributes", data.Line);
        var setting = columns.Where((_, i) => !reader.Used.Contains(i + Builtin)).ToList();
        Complete(root, data, attributes, issued);
        foreach (var column in setting.Where(column => column is "name" or "expiry" or "maxMachines"))
        {
            Set(attributes, column, names.IndexOf(column));
        }

        var unused = setting.Where(column => !IsSpecial(column)).ToList();
        return unused.Count == 0
            ? new PayloadTemplate(root, names.LastIndexOf("id"), names.LastIndexOf("key"))
            : throw TemplateReader.Flaw(1, $"the list's column {unused[0]} is used nowhere: write {{{unused[0]}}} where it belongs");
    }

    /// <summary>Makes one license file, which <see cref="LicenseReader.Read"/> accepts as long as it is not past its end.</summary>
    /// <param name="number">The number of the license.</param>
    /// <param name="id">Its identifier, unless the list has one.</param>
    /// <param name="key">Its key, unless the list has one.</param>
    /// <param name="cells">Its values, one for each column.</param>
    /// <param name="seed">The vendor's private key: 32 bytes.</param>
    /// <exception cref="InvalidDataException">With these values it is no license. The message says why.</exception>
    public IssuedFile Issue(int number, string id, string key, IReadOnlyList<string> cells, ReadOnlySpan<byte> seed)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var values = new List<string>(Builtin + cells.Count) { number.ToString(CultureInfo.InvariantCulture), id, key };
        values.AddRange(cells);
        values[1] = values[_idColumn].Length > 0 ? values[_idColumn] : id;
        values[2] = values[_keyColumn].Length > 0 ? values[_keyColumn] : key;
        values[_idColumn] = values[1];
        values[_keyColumn] = values[2];

        byte[] payload;
        try
        {
            payload = LicenseIssuer.Json(writer => _root.Write(writer, values));
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException("a value holds half a surrogate pair", error);
        }

        if (!LicensePayload.TryRead(payload, string.Empty, out var license, out var reason))
        {
            throw new InvalidDataException(reason);
        }

        if (System.Text.Encoding.UTF8.GetByteCount(license.Id) > MaxIdBytes || license.Id.Any(char.IsControl) || license.Key.Any(char.IsControl))
        {
            throw new InvalidDataException($"its id has more than {MaxIdBytes} bytes, or its id or key holds control characters");
        }

        if (license.Key.Length != license.Key.Trim().Length)
        {
            throw new InvalidDataException("its key begins or ends with blanks");
        }

        Span<byte> iv = stackalloc byte[LicenseDecryptor.IvBytes];
        RandomNumberGenerator.Fill(iv);
        var file = LicenseIssuer.Issue(payload, seed, license.Key, iv);
        return file.Length <= LicenseReader.MaxFileBytes
            ? new IssuedFile(license.Id, license.Key, file)
            : throw new InvalidDataException($"its file would exceed {LicenseReader.MaxFileBytes} bytes");
    }

    private static List<string> Names(IReadOnlyList<string> columns)
    {
        var names = new List<string>(s_builtin);
        foreach (var column in columns)
        {
            // The id and key of a list come after the random ones of the same name, and are the ones that count.
            if (column.Length == 0 || column is "n" || columns.Count(other => string.Equals(other, column, StringComparison.Ordinal)) > 1)
            {
                throw new InvalidDataException($"the list's column \"{column}\" is empty, taken or there twice");
            }

            names.Add(column);
        }

        return names;
    }

    private static bool IsSpecial(string column) => column is "name" or "expiry" or "maxMachines" or "id" or "key";

    private static TemplateObject Part(TemplateObject parent, string name, int line) =>
        parent[name] is { } node
            ? node as TemplateObject ?? throw TemplateReader.Flaw(node.Line, $"{name} is not an object")
            : throw TemplateReader.Flaw(line, $"{name} is missing");

    private static void Complete(TemplateObject root, TemplateObject data, TemplateObject attributes, DateTimeOffset issued)
    {
        if ((data["type"] ?? Text(data.Line, "licenses")) is not TemplateText { Varies: false } type || type.Text([]) is not "licenses")
        {
            throw TemplateReader.Flaw(data["type"]!.Line, "data.type is not \"licenses\"");
        }

        data.Set("type", type);
        data.Set("id", data["id"] ?? new TemplateCell(data.Line, 1, null));
        attributes.Set("key", attributes["key"] ?? new TemplateCell(attributes.Line, 2, null));
        if (root["meta"] is null)
        {
            root.Set("meta", new TemplateObject(root.Line, []));
        }

        Complete(Part(root, "meta", root.Line), issued);
    }

    /// <summary>A column gives an attribute, where the template does not use the column itself; an empty cell leaves what the template says.</summary>
    private static void Set(TemplateObject attributes, string name, int column) => attributes.Set(
        name,
        name is "maxMachines"
            ? new TemplateNumber(attributes.Line, column, name, attributes[name])
            : new TemplateCell(attributes.Line, column, attributes[name]));

    /// <summary>The times of the files are the same for all, so that a mistake in them shows before the first is written.</summary>
    private static void Complete(TemplateObject meta, DateTimeOffset issued)
    {
        if (meta.Varies)
        {
            throw TemplateReader.Flaw(meta.Line, "meta takes no placeholders");
        }

        if (meta["issued"] is { } stated)
        {
            issued = stated is TemplateText text
                && DateTimeOffset.TryParse(text.Text([]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                    ? time
                    : throw TemplateReader.Flaw(stated.Line, "meta.issued is not a time such as 2026-01-31T12:00:00.000Z");
        }
        else
        {
            meta.Set("issued", Text(meta.Line, LicenseIssuer.Time(issued)));
        }

        long seconds = 0;
        if (meta["ttl"] is { } ttl && (ttl is not TemplateLiteral { Text: var digits } || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out seconds)
            || seconds > (DateTimeOffset.MaxValue - issued).TotalSeconds))
        {
            throw TemplateReader.Flaw(ttl.Line, "meta.ttl is not a whole number of seconds");
        }

        if (meta["expiry"] is null)
        {
            meta.Set("expiry", seconds > 0 ? Text(meta.Line, LicenseIssuer.Time(issued.AddSeconds(seconds))) : new TemplateLiteral(meta.Line, "null"));
        }
    }

    private static TemplateText Text(int line, string text) => new(line, [new TemplatePiece(text, null)]);
}
