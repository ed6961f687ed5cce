using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Berth.Cli.Doctor;
using Berth.Cli.Drill;
using Berth.Protocol;

namespace Berth.Cli.Output;

/// <summary>A vendor's new key, without its private part.</summary>
internal sealed record MadeKey(string File, string PublicKeyFile, string PublicKey);

/// <summary>A license that was issued, without its key.</summary>
internal sealed record IssuedLicense(string Id, string File, string KeyFile);

/// <summary>A new token, and the line of a token file that lets it in.</summary>
internal sealed record MadeToken(string Role, string Name, string Token, string Line)
{
    /// <summary>Does not show the token.</summary>
    public override string ToString() => Line;
}

/// <summary>Where a new secret is, not what it is.</summary>
internal sealed record MadeSecret(string File);

/// <summary>What one more member is started with, and the words of its command line.</summary>
internal sealed record JoinCommand(JoinPlan Plan, IReadOnlyList<string> Command);

/// <summary>Which program this is.</summary>
internal sealed record ProgramVersion(string Version);

/// <summary>What a claim or release answered.</summary>
internal sealed record EdgeAnswer(int Status, JsonElement? Body);

/// <summary>A backup that was written.</summary>
internal sealed record WrittenBackup(string File, long Bytes, long Pools, long Licenses, long Claims, long Events);

/// <summary>A database that was put back.</summary>
internal sealed record RestoredDatabase(string Database, long Pools, long Licenses, string? KeptAside, string Withheld);

/// <summary>The free seats of a pool.</summary>
internal sealed record FreeSeats(string Pool, long Free);

/// <summary>How an edge is.</summary>
internal sealed record EdgeState(string Url, bool Alive, bool Ready, double Milliseconds);

/// <summary>How verbs write JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<LicenseEntry>))]
[JsonSerializable(typeof(IReadOnlyList<PoolEntry>))]
[JsonSerializable(typeof(PolicyParts))]
[JsonSerializable(typeof(HolderListing))]
[JsonSerializable(typeof(TakenSeat))]
[JsonSerializable(typeof(DenialListing))]
[JsonSerializable(typeof(DenialTotals))]
[JsonSerializable(typeof(SettingListing))]
[JsonSerializable(typeof(LicenseListing))]
[JsonSerializable(typeof(FreeSeats))]
[JsonSerializable(typeof(EdgeState))]
[JsonSerializable(typeof(AddedLicenses))]
[JsonSerializable(typeof(IReadOnlyList<RemovedLicense>))]
[JsonSerializable(typeof(MadeKey))]
[JsonSerializable(typeof(IReadOnlyList<IssuedLicense>))]
[JsonSerializable(typeof(AuditListing))]
[JsonSerializable(typeof(VerdictReport))]
[JsonSerializable(typeof(MadeToken))]
[JsonSerializable(typeof(MadeSecret))]
[JsonSerializable(typeof(ClusterState))]
[JsonSerializable(typeof(DownedMember))]
[JsonSerializable(typeof(LeavingMember))]
[JsonSerializable(typeof(IReadOnlyList<DownedMember>))]
[JsonSerializable(typeof(ClusterVerdict))]
[JsonSerializable(typeof(ClusterEventEntry))]
[JsonSerializable(typeof(ShardListing))]
[JsonSerializable(typeof(MovedShard))]
[JsonSerializable(typeof(JoinPlan))]
[JsonSerializable(typeof(JoinCommand))]
[JsonSerializable(typeof(DrillReport))]
[JsonSerializable(typeof(ProgramVersion))]
[JsonSerializable(typeof(WrittenBackup))]
[JsonSerializable(typeof(RestoredDatabase))]
[JsonSerializable(typeof(RestoredCopyState))]
[JsonSerializable(typeof(IReadOnlyList<Finding>))]
[JsonSerializable(typeof(EdgeAnswer))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(ClaimListing))]
[JsonSerializable(typeof(ImportSummary))]
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
