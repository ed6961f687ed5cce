using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Berth.Cli.Flags;

namespace Berth.Cli.Verbs;

/// <summary>Where the other members reach this one, and what it listens on for them.</summary>
/// <param name="Advertise">Host and port.</param>
/// <param name="Bind">An address of this machine, or all of them.</param>
internal sealed record ClusterAddress(string Advertise, string Bind)
{
    public const int MaxPort = 65_535;

    private const string Missing = "give --advertise HOST, the name or address by which the other members reach this machine";

    /// <summary>
    /// What was said, or else what there is no doubt about: this machine's loopback where the edge is on loopback too, the address that
    /// the cluster port is bound to, or the machine's only address. Fails with a usage error.
    /// </summary>
    /// <param name="advertise">What the operator says; null: nothing.</param>
    /// <param name="bind">The address to listen on; null: not said.</param>
    /// <param name="port">The cluster port.</param>
    /// <param name="edge">The address that the edge listens on.</param>
    /// <param name="mine">The addresses of this machine that others may reach.</param>
    public static ClusterAddress Choose(string? advertise, string? bind, int port, string edge, IReadOnlyList<IPAddress> mine)
    {
        if (advertise is { Length: > 0 })
        {
            var (host, told) = Split(advertise);
            return new ClusterAddress(Joined(host, told ?? port), bind ?? BindFor(host, mine));
        }

        if (bind is not null && !IsAny(bind))
        {
            return new ClusterAddress(Joined(bind, port), bind);
        }

        if (bind is null && IPAddress.TryParse(edge, out var listens) && IPAddress.IsLoopback(listens))
        {
            return new ClusterAddress(Joined(edge, port), edge);
        }

        return mine switch
        {
            [var only] => new ClusterAddress(Joined($"{only}", port), bind ?? $"{only}"),
            [] => throw CommandFailedException.Usage($"this machine has no address that others could reach: {Missing}; for members on this machine alone, --advertise 127.0.0.1"),
            _ => throw CommandFailedException.Usage($"this machine has several addresses ({string.Join(", ", mine)}): {Missing}"),
        };
    }

    /// <summary>The addresses of this machine that others may reach; of IPv6 only where there is no other.</summary>
    public static IReadOnlyList<IPAddress> OfThisMachine()
    {
        var all = NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus is OperationalStatus.Up)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal)
            .Distinct()
            .ToList();
        var four = all.Where(address => address.AddressFamily == AddressFamily.InterNetwork).ToList();
        return four.Count > 0 ? four : all;
    }

    private static (string Host, int? Port) Split(string advertise)
    {
        if (IPAddress.TryParse(advertise.Trim('[', ']'), out var bare) && (bare.AddressFamily != AddressFamily.InterNetworkV6 || !advertise.Contains("]:", StringComparison.Ordinal)))
        {
            return ($"{bare}", null);
        }

        var colon = advertise.LastIndexOf(':');
        var (host, text) = colon < 0 ? (advertise, null) : (advertise[..colon].Trim('[', ']'), advertise[(colon + 1)..]);
        var port = text is null ? null : FlagValue.Number(text);
        var good = Uri.CheckHostName(host) != UriHostNameType.Unknown && !IsAny(host) && (text is null || port is >= 0 and <= MaxPort);
        return good ? (host, port) : throw CommandFailedException.Usage(
            $"invalid argument {GoText.Quote(advertise)} for \"--advertise\" flag: write HOST or HOST:PORT, a name or an address that the other members reach");
    }

    /// <summary>The address itself where it is this machine's; behind a name or a translated address, all.</summary>
    private static string BindFor(string host, IReadOnlyList<IPAddress> mine) =>
        host == "localhost" ? "127.0.0.1"
        : !IPAddress.TryParse(host, out var address) ? "0.0.0.0"
        : IPAddress.IsLoopback(address) || mine.Contains(address) ? $"{address}"
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? "::" : "0.0.0.0";

    private static bool IsAny(string host) => IPAddress.TryParse(host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    private static string Joined(string host, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}");
}
