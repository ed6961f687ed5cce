using System.Net;
using System.Net.Sockets;
using Berth.Runtime.Ownership;
using Berth.Storage;

namespace Berth.Server.Cluster;

/// <summary>
/// Evidence that a member's process has ended: its machine refuses connections to its cluster port, and the store has seen its session
/// end. A connection that is made, or that nobody answers, is none: it would be the same for a member behind a broken network.
/// </summary>
internal sealed class DeathSigns(SharedStore store)
{
    /// <summary>Asked about a member that is up. May throw.</summary>
    public async ValueTask<bool> FindAsync(MemberRow member, CancellationToken cancel) =>
        await IsRefusedAsync(member.Card.Address, cancel) && await store.HasEnded(member, cancel);

    /// <summary>Every address that the member's name has refuses.</summary>
    private static async ValueTask<bool> IsRefusedAsync(string address, CancellationToken cancel)
    {
        if (!ClusterAddress.TryParse(address, out var host, out var port))
        {
            return false;
        }

        var addresses = await Dns.GetHostAddressesAsync(host, cancel);
        foreach (var one in addresses)
        {
            if (!await IsRefusedAsync(new IPEndPoint(one, port), cancel))
            {
                return false;
            }
        }

        return addresses.Length > 0;
    }

    private static async ValueTask<bool> IsRefusedAsync(IPEndPoint at, CancellationToken cancel)
    {
        using var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(at, cancel);
            return false;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }
}
