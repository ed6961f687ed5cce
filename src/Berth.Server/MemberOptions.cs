using System.Net;
using Berth.Pools;
using Berth.Runtime.Audit;
using Berth.Server.Management;
using Berth.Server.Tracing;
using Berth.Storage;

namespace Berth.Server;

/// <summary>What a member is started with. Where each value came from (flag, environment, file) is the caller's business.</summary>
public sealed record MemberOptions
{
    /// <summary>The store as it may be shown: <c>sqlite:PATH</c>, or <c>postgres://…</c> without a password.</summary>
    public required string Store { get; init; }

    /// <summary>The store as it is opened, with its password; null: as <see cref="Store"/> says.</summary>
    public StorageUri? StoreUri { get; init; }

    /// <summary>Where traces go; null: none are made.</summary>
    public TraceOptions? Traces { get; init; }

    /// <summary>The address that the edge listens on.</summary>
    public string Bind { get; init; } = "0.0.0.0";

    /// <summary>The edge's port; 0 takes a free one.</summary>
    public int EdgePort { get; init; } = 6349;

    /// <summary>The pool that every request of this edge is for; null: the request names it.</summary>
    public PoolName? PoolLock { get; init; }

    /// <summary>The cluster policy that this start asks for explicitly; null parts keep what is recorded.</summary>
    public PolicyException ExplicitPolicy { get; init; } = PolicyException.None;

    /// <summary>Whether the picker skips licenses past their expiry.</summary>
    public bool EnforceExpiry { get; init; } = true;

    /// <summary>Whether pools follow the cluster's policy whatever their exceptions say.</summary>
    public bool IgnoreExceptions { get; init; }

    /// <summary>One claim a node over all pools.</summary>
    public bool ExclusiveNodes { get; init; }

    /// <summary>How often claims past their deadline are expired though nobody wants their seats.</summary>
    public TimeSpan CullInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Signs the answers of <c>/v1</c>; null or empty: not signed.</summary>
    public string? SigningSecret { get; init; }

    /// <summary>Whether events name actor and address, and denied claims are counted.</summary>
    public bool Audit { get; init; } = true;

    /// <summary>How much of the history is kept.</summary>
    public RetentionLimits Retention { get; init; } = RetentionLimits.Default;

    /// <summary>The file with the private key that checkpoints and exports are signed with; null: beside the store's file.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The management socket; null: beside the store's file.</summary>
    public string? Socket { get; init; }

    /// <summary>
    /// What the member calls itself in <c>Berth-Member</c>: 1 to 64 visible ASCII characters; null: the name of the host and the moment
    /// of the start. In a cluster it is <see cref="ClusterOptions.Member"/>.
    /// </summary>
    public string? MemberId { get; init; }

    /// <summary>The most connections that the edge keeps open.</summary>
    public int MaxConnections { get; init; } = 16_384;

    /// <summary>The most of them from one IPv4 address, or from one /64 of IPv6.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 4096;

    /// <summary>How often one address may ask the edge; null: as often as it likes.</summary>
    public RateLimit? AddressLimit { get; init; }

    /// <summary>How often one node may claim or renew; null: as often as it likes.</summary>
    public RateLimit? NodeLimit { get; init; }

    /// <summary>The edge's certificate and those up to its root, a PEM file; null: no TLS.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>The certificate's key, a PEM file; needed with <see cref="TlsCertificate"/>.</summary>
    public string? TlsKey { get; init; }

    /// <summary>How it is one of several members; null: it is the only one. Needed with a shared store.</summary>
    public ClusterOptions? Cluster { get; init; }

    /// <summary>Where the metrics are served alone, without a token; port 0 takes a free one; null: nowhere.</summary>
    public IPEndPoint? MetricsBind { get; init; }

    /// <summary>The most pools that the metrics show by name; the others are added up.</summary>
    public int MetricsPools { get; init; } = 200;

    /// <summary>The management API on TCP; null: on its socket only.</summary>
    public ManagementPortOptions? ManagementPort { get; init; }
}
