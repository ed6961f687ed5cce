using System.Net;

namespace Berth.Cli.Doctor;

/// <summary>A file that holds a secret or should not be anybody's to write.</summary>
/// <param name="Path">The file.</param>
/// <param name="Mode">Its mode; null: it is not there.</param>
internal sealed record RightsProbe(string Path, UnixFileMode? Mode);

/// <summary>What is known of keys, secrets and the way in.</summary>
internal sealed record SecurityProbe
{
    public required RightsProbe Key { get; init; }

    /// <summary>Null: there is none.</summary>
    public RightsProbe? Config { get; init; }

    /// <summary>Files with secrets that are given.</summary>
    public IReadOnlyList<RightsProbe> SecretFiles { get; init; } = [];

    /// <summary>Where a secret can be read by others: <c>the command line</c>, a variable, or null.</summary>
    public string? SecretShown { get; init; }

    public required string Bind { get; init; }

    public bool HasTls { get; init; }

    public required bool Signs { get; init; }

    public required bool EnforcesExpiry { get; init; }
}

/// <summary>Checks of keys, secrets and the way in.</summary>
internal static class SecurityChecks
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    public static IEnumerable<Finding> Of(SecurityProbe probe) =>
        [Key(probe), Config(probe), Secret(probe), Exposure(probe), Signatures(probe), Expiry(probe)];

    private static Finding Key(SecurityProbe probe) => probe.Key switch
    {
        { Mode: null } => Finding.Ok(CheckNames.SigningKey, "none yet"),
        { Mode: { } mode } key when (mode & Others) != UnixFileMode.None => Finding.Fail(
            CheckNames.SigningKey, $"others may use {key.Path} (mode {StoreChecks.Octal(mode)})", $"chmod 600 {key.Path}, and take a new key if somebody may have read it"),
        _ => Finding.Ok(CheckNames.SigningKey, "for its owner alone"),
    };

    private static Finding Config(SecurityProbe probe) => probe.Config switch
    {
        null => Finding.Ok(CheckNames.ConfigRights, "no configuration file"),
        { Mode: { } mode } file when (mode & OthersWrite) != UnixFileMode.None => Finding.Fail(
            CheckNames.ConfigRights, $"others may write {file.Path} (mode {StoreChecks.Octal(mode)})", $"chmod go-w {file.Path}"),
        var file => Finding.Ok(CheckNames.ConfigRights, $"only its owner writes {file.Path}"),
    };

    private static Finding Secret(SecurityProbe probe)
    {
        if (probe.SecretShown is { } where)
        {
            return Finding.Warn(CheckNames.Secrets, $"a secret stands in {where}, where other programs can read it", "put it into a file of mode 600: --signing-secret-file");
        }

        return probe.SecretFiles.FirstOrDefault(file => file.Mode is { } mode && (mode & Others) != UnixFileMode.None) is { Mode: { } open } shown
            ? Finding.Fail(CheckNames.Secrets, $"others may use {shown.Path} (mode {StoreChecks.Octal(open)})", $"chmod 600 {shown.Path}, and change the secret")
            : Finding.Ok(CheckNames.Secrets, "none can be read by others");
    }

    private static Finding Exposure(SecurityProbe probe) => IsLoopback(probe.Bind) || probe.HasTls
        ? Finding.Ok(CheckNames.Exposure, probe.HasTls ? "answers are encrypted" : "only this machine reaches the edge")
        : Finding.Warn(CheckNames.Exposure, $"whoever reaches {probe.Bind} can claim and release, and nothing is encrypted", "bind to an inner network, and let a firewall keep others out");

    private static Finding Signatures(SecurityProbe probe) => probe.Signs
        ? Finding.Ok(CheckNames.Signatures, "answers are signed")
        : Finding.Warn(CheckNames.Signatures, "answers are not signed", "set --signing-secret-file");

    private static Finding Expiry(SecurityProbe probe) => probe.EnforcesExpiry
        ? Finding.Ok(CheckNames.Expiry, "licenses past their end give no seats")
        : Finding.Warn(CheckNames.Expiry, "licenses past their end are handed out", "leave --enforce-expiry=false away");

    public static bool IsLoopback(string bind) =>
        bind is "localhost" || (IPAddress.TryParse(bind, out var address) && IPAddress.IsLoopback(address));
}
