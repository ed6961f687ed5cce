using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Cluster;

/// <summary>The name by which the others are to reach a member: one that nobody knows makes a member that nobody reaches.</summary>
public static class AdvertisedName
{
    /// <summary>So long a name is looked for: a resolver that nobody answers takes much longer.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <summary>What this machine knows.</summary>
    public static Func<string, CancellationToken, Task<IPAddress[]>> KnownHere { get; } = Dns.GetHostAddressesAsync;

    /// <summary>Why a name cannot be resolved on this machine; null: it can, or it is an address.</summary>
    /// <param name="address">Host and port.</param>
    /// <param name="resolve">Finds the addresses of a name.</param>
    /// <param name="time">Limits how long that may take.</param>
    /// <param name="stop">Nobody wants to know any more.</param>
    public static async Task<string?> FlawAsync(
        string address, Func<string, CancellationToken, Task<IPAddress[]>> resolve, TimeProvider time, CancellationToken stop)
    {
        if (!ClusterAddress.TryParse(address, out var host, out _) || IPAddress.TryParse(host, out _))
        {
            return null;
        }

        try
        {
            // A resolver need not look at its token.
            return (await resolve(host, stop).WaitAsync(_patience, time, stop)).Length > 0 ? null : "it has no address";
        }
        catch (Exception failure) when (failure is SocketException or TimeoutException)
        {
            return failure.Message;
        }
    }

    /// <summary>Says so in the log where the name cannot be resolved. Ends early at <paramref name="stop"/>, and never fails.</summary>
    internal static async Task WarnAsync(ClusterOptions cluster, TimeProvider time, ILogger log, CancellationToken stop)
    {
        try
        {
            if (await FlawAsync(cluster.Advertise, cluster.Resolve, time, stop) is { } flaw)
            {
                log.Unresolved(cluster.Advertise, flaw);
            }
        }
        catch (OperationCanceledException)
        {
            // The member ends before it is known.
            return;
        }
    }
}

internal static partial class AdvertisedNameLog
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "cluster.unresolved: this machine does not know the name in --advertise {address}: {reason}; members that do not know it either cannot reach this one")]
    public static partial void Unresolved(this ILogger log, string address, string reason);
}
