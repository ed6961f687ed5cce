namespace Berth.Cli.Doctor;

/// <summary>What is known of the machine.</summary>
/// <param name="HasOpenSsl">Whether OpenSSL 3 can be loaded.</param>
/// <param name="FileHandles">Handles that this user's processes may have; null: not known or no limit.</param>
/// <param name="MaxConnections">Connections that the edge would keep.</param>
/// <param name="MemoryLimit">The container's limit in bytes; null: none.</param>
internal sealed record HostProbe(bool HasOpenSsl, long? FileHandles, int MaxConnections, long? MemoryLimit);

/// <summary>Checks of the machine.</summary>
internal static class HostChecks
{
    /// <summary>Handles that a member needs besides those of its connections.</summary>
    private const int OwnHandles = 256;

    private const long LittleMemory = 256L << 20;

    public static IEnumerable<Finding> Of(HostProbe host)
    {
        yield return host.HasOpenSsl
            ? Finding.Ok(CheckNames.OpenSsl, "libcrypto.so.3 is there")
            : Finding.Fail(CheckNames.OpenSsl, "libcrypto.so.3 cannot be loaded: no license file can be verified", "install OpenSSL 3");
        yield return host.FileHandles is { } handles && handles < host.MaxConnections + OwnHandles
            ? Finding.Warn(
                CheckNames.FileHandles,
                $"{handles} may be open, and {host.MaxConnections} connections are allowed",
                $"raise the limit (LimitNOFILE={host.MaxConnections + OwnHandles}), or lower --max-connections")
            : Finding.Ok(CheckNames.FileHandles, host.FileHandles is { } most ? $"{most} may be open" : "no limit is known");
        yield return host.MemoryLimit is { } memory && memory < LittleMemory
            ? Finding.Warn(CheckNames.Memory, $"the container may use {ByteText.Of(memory)}", $"give it {ByteText.Of(LittleMemory)} or more")
            : Finding.Ok(CheckNames.Memory, host.MemoryLimit is { } limit ? $"the container may use {ByteText.Of(limit)}" : "no limit");
    }
}
