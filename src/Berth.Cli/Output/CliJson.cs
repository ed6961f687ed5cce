using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Berth.Protocol;

namespace Berth.Cli.Output;

/// <summary>A vendor's new key, without its private part.</summary>
internal sealed record MadeKey(string File, string PublicKeyFile, string PublicKey);

/// <summary>A license that was issued, without its key.</summary>
internal sealed record IssuedLicense(string Id, string File, string KeyFile);

/// <summary>Which program this is.</summary>
internal sealed record ProgramVersion(string Version);

/// <summary>What a claim or release answered.</summary>
internal sealed record EdgeAnswer(int Status, JsonElement? Body);

/// <summary>How verbs write JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<LicenseEntry>))]
[JsonSerializable(typeof(IReadOnlyList<PoolEntry>))]
[JsonSerializable(typeof(PolicyParts))]
[JsonSerializable(typeof(AddedLicenses))]
[JsonSerializable(typeof(IReadOnlyList<RemovedLicense>))]
[JsonSerializable(typeof(MadeKey))]
[JsonSerializable(typeof(IReadOnlyList<IssuedLicense>))]
[JsonSerializable(typeof(AuditListing))]
[JsonSerializable(typeof(VerdictReport))]
[JsonSerializable(typeof(ProgramVersion))]
[JsonSerializable(typeof(EdgeAnswer))]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>For people as well: indented, and only what JSON demands is escaped.</summary>
    public static CliJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static void Write<T>(Shell shell, T value, JsonTypeInfo<T> type) => shell.Out.WriteLine(JsonSerializer.Serialize(value, type));
}
