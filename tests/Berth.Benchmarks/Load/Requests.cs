using System.Text;

namespace Berth.Benchmarks.Load;

/// <summary>The bytes of requests, and the names of the nodes that send them. <c>heartbeats.lua</c> makes the same names.</summary>
internal static class Requests
{
    public static string Fingerprint(string prefix, int index) => $"node-{prefix}-{index:D12}";

    public static byte[] Of(string method, int port, string fingerprint, string? pool)
    {
        var header = pool is null ? "" : $"Relay-Pool: {pool}\r\n";
        return Encoding.ASCII.GetBytes($"{method} /v1/nodes/{fingerprint} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{header}\r\n");
    }
}
