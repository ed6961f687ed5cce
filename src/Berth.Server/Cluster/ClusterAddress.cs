using System.Globalization;

namespace Berth.Server.Cluster;

/// <summary>Host and port of a member: <c>host:port</c>, an IPv6 address in brackets.</summary>
internal static class ClusterAddress
{
    /// <summary>Reads an address. The host is without brackets.</summary>
    public static bool TryParse(string address, out string host, out int port)
    {
        var colon = address.LastIndexOf(':');
        host = colon < 0 ? string.Empty : address[..colon];
        port = 0;
        if (host is ['[', .. var inner, ']'])
        {
            host = inner;
        }
        else if (host.Contains(':'))
        {
            return false;
        }

        return Uri.CheckHostName(host) != UriHostNameType.Unknown
            && int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port <= ushort.MaxValue;
    }

    /// <summary>
    /// Where others reach a member whose port was bound as <paramref name="bound"/>. Throws <see cref="InvalidOperationException"/> when what was asked for is no address.
    /// </summary>
    public static string Advertised(string asked, int bound)
    {
        if (!TryParse(asked, out _, out var port))
        {
            throw new InvalidOperationException($"the address \"{asked}\" to advertise is not HOST:PORT, such as 192.0.2.7:{ClusterOptions.DefaultPort}");
        }

        return port != 0 ? asked : string.Create(CultureInfo.InvariantCulture, $"{asked[..asked.LastIndexOf(':')]}:{bound}");
    }
}
