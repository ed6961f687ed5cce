using System.Text.Json.Serialization;

namespace Berth.Cli.Doctor;

/// <summary>How a check ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Grade>))]
internal enum Grade
{
    [JsonStringEnumMemberName("ok")]
    Ok,

    [JsonStringEnumMemberName("warn")]
    Warn,

    [JsonStringEnumMemberName("fail")]
    Fail,
}

/// <summary>What a check found, and what to do about it.</summary>
/// <param name="Grade">How it ended.</param>
/// <param name="Name">One of <see cref="CheckNames"/>.</param>
/// <param name="Text">What was found.</param>
/// <param name="Remedy">What to do; null: nothing.</param>
internal sealed record Finding(Grade Grade, string Name, string Text, string? Remedy)
{
    public static Finding Ok(string name, string text) => new(Grade.Ok, name, text, null);

    public static Finding Warn(string name, string text, string remedy) => new(Grade.Warn, name, text, remedy);

    public static Finding Fail(string name, string text, string remedy) => new(Grade.Fail, name, text, remedy);

    /// <summary>One line for people.</summary>
    public override string ToString() =>
        $"{Grade.ToString().ToLowerInvariant(),-4} {Name}: {Text}{(Remedy is null ? string.Empty : $" — {Remedy}")}";
}

/// <summary>The names of all checks, in the order in which they are made. The documentation has an entry for each.</summary>
internal static class CheckNames
{
    public const string Settings = "settings";
    public const string Database = "database";
    public const string Integrity = "integrity";
    public const string DatabaseSize = "database-size";
    public const string DatabaseRights = "database-rights";
    public const string Folder = "folder";
    public const string FileSystem = "file-system";
    public const string RestoredCopy = "restored-copy";
    public const string Member = "member";
    public const string Cluster = "cluster";
    public const string Addresses = "addresses";
    public const string EdgePort = "edge-port";
    public const string Pools = "pools";
    public const string Licenses = "licenses";
    public const string Clock = "clock";
    public const string ClockSteps = "clock-steps";
    public const string ClockSync = "clock-sync";
    public const string SigningKey = "signing-key";
    public const string ConfigRights = "config-rights";
    public const string Secrets = "secrets";
    public const string Exposure = "exposure";
    public const string Signatures = "signatures";
    public const string Expiry = "expiry";
    public const string Disk = "disk";
    public const string Growth = "growth";
    public const string OpenSsl = "openssl";
    public const string FileHandles = "file-handles";
    public const string Memory = "memory";

    public static IReadOnlyList<string> All { get; } =
    [
        Settings, Database, Integrity, DatabaseSize, DatabaseRights, Folder, FileSystem, RestoredCopy, Member, Cluster, Addresses, EdgePort, Pools, Licenses,
        Clock, ClockSteps, ClockSync, SigningKey, ConfigRights, Secrets, Exposure, Signatures, Expiry, Disk, Growth, OpenSsl, FileHandles, Memory,
    ];
}
