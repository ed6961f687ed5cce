using System.Net;
using Berth.Runtime.Ownership;
using Berth.Runtime.Routing;
using Berth.Server.Cluster;

namespace Berth.Server;

/// <summary>What makes a member one of several. Where each value came from is the caller's business.</summary>
public sealed record ClusterOptions
{
    /// <summary>The port of members among each other.</summary>
    public const int DefaultPort = 6350;

    /// <summary>The cluster's name: the first member records it in the store, and a member that names another one is refused.</summary>
    public string Name { get; init; } = "berth";

    /// <summary>What the member is called: 1 to 128 bytes, unique among those that are up.</summary>
    public required string Member { get; init; }

    /// <summary>Where the other members reach it: host and port.</summary>
    public required string Advertise { get; init; }

    /// <summary>The address that the cluster port listens on.</summary>
    public string Bind { get; init; } = "127.0.0.1";

    /// <summary>The cluster port; 0 takes a free one, which is then the port of <see cref="Advertise"/> if that says 0.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>What members share, as <see cref="SecretLines"/> reads it. It never travels.</summary>
    public required ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>The file with it, which then counts alone and is read again when it changes; null: <see cref="Secret"/> stays as it is.</summary>
    public string? SecretFile { get; init; }

    /// <summary>How long the member answers after a renewal of its lease: 1 s to 60 s, in whole milliseconds.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The cluster port's certificate and those up to its root, a PEM file; null: no TLS, requests are authenticated by the secret alone.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>The certificate's key, a PEM file; needed with <see cref="TlsCertificate"/>.</summary>
    public string? TlsKey { get; init; }

    /// <summary>Who signs the members' certificates, a PEM file; needed with <see cref="TlsCertificate"/>: both sides show one.</summary>
    public string? TlsAuthority { get; init; }

    /// <summary>Finds the addresses of the name in <see cref="Advertise"/>.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = AdvertisedName.KnownHere;

    /// <summary>How it keeps its lease and watches the others; the evidence of death is found here.</summary>
    internal OwnershipOptions Ownership { get; init; } = new();

    /// <summary>How it looks for owners.</summary>
    internal RoutingOptions Routing { get; init; } = new();
}
