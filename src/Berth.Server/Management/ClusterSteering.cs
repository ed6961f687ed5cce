using Berth.Runtime;
using Berth.Runtime.Ownership;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Management;

/// <summary>What an operator sees and steers a cluster by.</summary>
/// <param name="Name">The cluster's name.</param>
/// <param name="Table">Who is a member, and who owns which shard.</param>
/// <param name="Time">Limits how long the store is waited for.</param>
/// <param name="Log">Where it stands what an operator did.</param>
public sealed record ClusterSteering(string Name, IMembershipTable Table, TimeProvider Time, ILogger Log)
{
    /// <summary>The member that answers; null: none does, the store alone is asked.</summary>
    public ClusterMember? Member { get; init; }

    /// <summary>The cluster as the member that answers last saw it; <see cref="ClusterView.Nothing"/>: no member answers.</summary>
    public ClusterView View() => Member?.Ownership.View ?? ClusterView.Nothing;

    /// <summary>Asks the member that answers to hand on its shards and end; null: none does.</summary>
    public Action? Leave { get; init; }
}
