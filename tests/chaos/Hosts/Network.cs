using System.Globalization;
using Berth.Chaos.Processes;

namespace Berth.Chaos.Hosts;

/// <summary>A machine of the cluster: a network namespace with one address.</summary>
/// <param name="Name">The name of its namespace.</param>
/// <param name="Address">Where the others reach it.</param>
internal sealed record Host(string Name, string Address)
{
    /// <summary>What a program of this host is started with, before its own name.</summary>
    public IReadOnlyList<string> Entrance => ["--net=/run/netns/" + Name];
}

/// <summary>The bridge that hosts hang on. Nodes ask from the bridge's own address, so no fault of a host keeps them from the others.</summary>
internal sealed class Network
{
    /// <summary>The addresses of all hosts.</summary>
    public const string Range = "10.77.0.0/24";

    private const string Bridge = "berth0";
    private const string Prefix = "10.77.0.";

    private int _hosts;

    /// <summary>Makes the bridge, with the nodes on it.</summary>
    public async Task BuildAsync()
    {
        await Command.RunAsync("ip", "link", "set", "lo", "up");
        await Command.RunAsync("ip", "link", "add", Bridge, "type", "bridge");
        await Command.RunAsync("ip", "addr", "add", Prefix + "1/24", "dev", Bridge);
        await Command.RunAsync("ip", "link", "set", Bridge, "up");
    }

    /// <summary>Makes a host.</summary>
    public async Task<Host> AddAsync(string name)
    {
        var number = 10 + _hosts++;
        var host = new Host(name, Prefix + number.ToString(CultureInfo.InvariantCulture));
        var port = "port" + number.ToString(CultureInfo.InvariantCulture);
        await Command.RunAsync("ip", "netns", "add", name);
        await Command.RunAsync("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", name);
        await Command.RunAsync("ip", "link", "set", port, "master", Bridge, "up");
        await Command.RunAsync("ip", "-n", name, "addr", "add", host.Address + "/24", "dev", "eth0");
        await Command.RunAsync("ip", "-n", name, "link", "set", "eth0", "up");
        await Command.RunAsync("ip", "-n", name, "link", "set", "lo", "up");
        return host;
    }

    /// <summary>Takes hosts away. Their processes have ended.</summary>
    public static async Task RemoveAsync(IEnumerable<Host> hosts)
    {
        foreach (var host in hosts)
        {
            await Command.RunAsync("ip", "netns", "del", host.Name);
        }
    }
}
