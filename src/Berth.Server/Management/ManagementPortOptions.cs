using System.Net;

namespace Berth.Server.Management;

/// <summary>Where the management API listens on TCP, and who may ask it there.</summary>
public sealed record ManagementPortOptions
{
    /// <summary>The port that is not asked for.</summary>
    public const int DefaultPort = 9110;

    /// <summary>The address.</summary>
    public IPAddress Bind { get; init; } = IPAddress.Loopback;

    /// <summary>The name that <see cref="Bind"/> was given by; without tokens, requests may name the member so.</summary>
    public string? HostName { get; init; }

    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Whether a member starts without it where another process has the port.</summary>
    public bool Optional { get; init; }

    /// <summary>The file with the tokens; null: none, and whoever is on this machine may look.</summary>
    public string? TokensFile { get; init; }

    /// <summary>Whether events name who asked.</summary>
    public bool Audit { get; init; } = true;

    /// <summary>What is wrong with it, and what to do; null: nothing.</summary>
    public string? Flaw() => TokensFile is null && !IPAddress.IsLoopback(Bind)
        ? $"--management-bind {Bind}: whoever reaches this address could manage the member: make a token with 'berth token new' and name its "
            + "file with --tokens-file, or leave the management port on 127.0.0.1"
        : null;
}
