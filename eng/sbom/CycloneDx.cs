using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Berth.Sbom;

/// <summary>Writes a bill of materials as CycloneDX 1.5 in JSON. The same bill gives the same bytes.</summary>
internal static class CycloneDx
{
    /// <summary>The package that carries SQLite's native library: its version is SQLite's, with one more number.</summary>
    public const string SqlitePackage = "SourceGear.sqlite3";

    private const string SqliteLibrary = "runtimes/linux-x64/native/libe_sqlite3.so";
    private const string Product = "berth";

    private static readonly string[] _runtimePackages = ["Microsoft.AspNetCore.App.Runtime.linux-x64", "Microsoft.NETCore.App.Runtime.linux-x64"];
    private static readonly JsonWriterOptions _options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the document, with a newline at its end.</summary>
    public static void Write(Bill bill, Stream to)
    {
        using (var json = new Utf8JsonWriter(to, _options))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "http://cyclonedx.org/schema/bom-1.5.schema.json");
            json.WriteString("bomFormat", "CycloneDX");
            json.WriteString("specVersion", "1.5");
            json.WriteString("serialNumber", $"urn:uuid:{Serial(bill):D}");
            json.WriteNumber("version", 1);
            WriteMetadata(json, bill);
            WriteComponents(json, bill);
            WriteDependencies(json, bill);
            json.WriteEndObject();
        }

        to.WriteByte((byte)'\n');
    }

    private static string ProductUrl(Bill bill) => $"pkg:generic/{Product}@{bill.Version}";

    private static Component? Sqlite(Bill bill) => bill.Packages.Components.FirstOrDefault(component => component.Id == SqlitePackage);

    private static string SqliteUrl(Component package) => $"pkg:generic/sqlite@{SqliteVersion(package)}";

    private static string SqliteVersion(Component package) => string.Join('.', package.Version.Split('.').Take(3));

    /// <summary>From what the bill names, so that no two bills share one and no two runs differ.</summary>
    private static Guid Serial(Bill bill)
    {
        var text = string.Join('\n', bill.Packages.Components.Select(component => $"{component.Url} {component.ContentHash}"));
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{bill.Version} {bill.Time:O} {bill.Runtime}\n{text}")).AsSpan(0, 16);
        // RFC 9562: version 8, an identifier of the maker's own making.
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private static void WriteMetadata(Utf8JsonWriter json, Bill bill)
    {
        json.WriteStartObject("metadata");
        json.WriteString("timestamp", bill.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
        json.WriteStartObject("tools");
        json.WriteStartArray("components");
        WriteHead(json, "application", "berth-sbom", bill.Version, null);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("component");
        json.WriteString("bom-ref", ProductUrl(bill));
        json.WriteString("type", "application");
        json.WriteString("author", "The Berth authors");
        json.WriteString("name", Product);
        json.WriteString("version", bill.Version);
        WriteLicense(json, "MIT");
        json.WriteString("purl", ProductUrl(bill));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteComponents(Utf8JsonWriter json, Bill bill)
    {
        json.WriteStartArray("components");
        foreach (var component in bill.Packages.Components)
        {
            WritePackage(json, bill, component);
        }

        if (Sqlite(bill) is { } sqlite)
        {
            WriteHead(json, "library", "SQLite", SqliteVersion(sqlite), SqliteUrl(sqlite));
            WriteHash(json, "SHA-256", bill.Files.Sha256(sqlite.Id, sqlite.Version, SqliteLibrary));
            WriteLicense(json, "blessing");
            json.WriteString("author", "The SQLite authors");
            WriteProperties(json, [("berth:native", $"{SqliteLibrary} of {sqlite.Id} {sqlite.Version}")]);
            json.WriteEndObject();
        }

        foreach (var id in bill.Runtime is null ? [] : _runtimePackages)
        {
            WriteHead(json, "framework", id, bill.Runtime!, Component.UrlOf(id, bill.Runtime!));
            WriteHash(json, "SHA-512", bill.Files.Sha512(id, bill.Runtime!));
            WriteOrigin(json, bill.Files, id, bill.Runtime!);
            WriteProperties(json, [("berth:inside", "linux-x64/berth")]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePackage(Utf8JsonWriter json, Bill bill, Component component)
    {
        WriteHead(json, "library", component.Id, component.Version, component.Url);
        json.WriteString("scope", bill.BuildOnly.Contains(component.Id) ? "excluded" : "required");
        WriteHash(json, "SHA-512", bill.Files.Sha512(component.Id, component.Version));
        WriteOrigin(json, bill.Files, component.Id, component.Version);
        WriteProperties(json, [
            ("nuget:contentHash", component.ContentHash),
            .. component.DirectIn.Select(project => ("berth:direct", project)),
            .. component.TransitiveIn.Select(project => ("berth:transitive", project)),
        ]);
        json.WriteEndObject();
    }

    private static void WriteDependencies(Utf8JsonWriter json, Bill bill)
    {
        json.WriteStartArray("dependencies");
        var direct = bill.Packages.Components.Where(component => component.DirectIn.Count > 0).Select(component => component.Url);
        WriteDependency(json, ProductUrl(bill), [.. direct, .. bill.Runtime is null ? [] : _runtimePackages.Select(id => Component.UrlOf(id, bill.Runtime))]);
        foreach (var component in bill.Packages.Components)
        {
            WriteDependency(json, component.Url, [.. component.Needs, .. component == Sqlite(bill) ? [SqliteUrl(component)] : Array.Empty<string>()]);
        }

        // Who has no entry may have needs that nobody knows: these have none.
        if (Sqlite(bill) is { } sqlite)
        {
            WriteDependency(json, SqliteUrl(sqlite), []);
        }

        if (bill.Runtime is { } runtime)
        {
            WriteDependency(json, Component.UrlOf(_runtimePackages[0], runtime), [Component.UrlOf(_runtimePackages[1], runtime)]);
            WriteDependency(json, Component.UrlOf(_runtimePackages[1], runtime), []);
        }

        json.WriteEndArray();
    }

    private static void WriteDependency(Utf8JsonWriter json, string from, IEnumerable<string> to)
    {
        json.WriteStartObject();
        json.WriteString("ref", from);
        json.WriteStartArray("dependsOn");
        foreach (var url in to)
        {
            json.WriteStringValue(url);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Begins a component; the caller ends it.</summary>
    private static void WriteHead(Utf8JsonWriter json, string type, string name, string version, string? url)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteString("name", name);
        json.WriteString("version", version);
        if (url is not null)
        {
            json.WriteString("bom-ref", url);
            json.WriteString("purl", url);
        }
    }

    private static void WriteHash(Utf8JsonWriter json, string algorithm, string content)
    {
        json.WriteStartArray("hashes");
        json.WriteStartObject();
        json.WriteString("alg", algorithm);
        json.WriteString("content", content);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>Who made a package, and its license: an SPDX expression, or the name of the file in the package that says it.</summary>
    private static void WriteOrigin(Utf8JsonWriter json, PackageFiles files, string id, string version)
    {
        var origin = files.Origin(id, version);
        if (origin.License is { } expression)
        {
            WriteLicense(json, expression);
        }
        else if (origin.LicenseFile is { } file)
        {
            json.WriteStartArray("licenses");
            json.WriteStartObject();
            json.WriteStartObject("license");
            json.WriteString("name", $"{file} in the package");
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteString("author", origin.Authors);
    }

    private static void WriteLicense(Utf8JsonWriter json, string expression)
    {
        json.WriteStartArray("licenses");
        json.WriteStartObject();
        json.WriteString("expression", expression);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteProperties(Utf8JsonWriter json, IEnumerable<(string Name, string Value)> properties)
    {
        json.WriteStartArray("properties");
        foreach (var (name, value) in properties)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("value", value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
