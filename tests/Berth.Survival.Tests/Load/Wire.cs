using System.Net.Sockets;
using System.Text.Json;
using Berth.Testing;

namespace Berth.Survival.Tests.Load;

/// <summary>A node that wants a seat of a pool; null: the global one.</summary>
internal readonly record struct Claimant(string Node, string? Pool = null);

/// <summary>One connection of a client that knows what it does not know.</summary>
internal sealed class Wire : IAsyncDisposable
{
    private readonly RawHttp _connection;

    private Wire(RawHttp connection) => _connection = connection;

    /// <summary>Null: nobody listens, or no longer.</summary>
    public static async Task<Wire?> ConnectAsync(int port)
    {
        try
        {
            return new Wire(await RawHttp.ConnectAsync(port));
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>One request on a connection of its own, which must be answered.</summary>
    public static Task<RawAnswer> PutAsync(int port, Claimant claimant) => RawHttp.AskAsync(port, Request("PUT", claimant));

    /// <summary>One release on a connection of its own, which must be answered.</summary>
    public static Task<RawAnswer> DeleteAsync(int port, Claimant claimant) => RawHttp.AskAsync(port, Request("DELETE", claimant));

    /// <summary>Claims or renews. Null: the connection broke, so nobody knows.</summary>
    public Task<RawAnswer?> PutAsync(Claimant claimant) => AskAsync(Request("PUT", claimant));

    /// <summary>Releases. Null: the connection broke, so nobody knows.</summary>
    public Task<RawAnswer?> DeleteAsync(Claimant claimant) => AskAsync(Request("DELETE", claimant));

    /// <summary>The license key in an answer, or null.</summary>
    public static string? KeyIn(RawAnswer answer)
    {
        if (answer.Status is not (201 or 202))
        {
            return null;
        }

        using var body = JsonDocument.Parse(answer.Body);
        return body.RootElement.TryGetProperty("license_key", out var key) ? key.GetString() : null;
    }

    /// <summary>The server says that it closes the connection after this answer.</summary>
    public static bool IsLast(RawAnswer answer) => answer["Connection"] == "close";

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    public static string Request(string method, Claimant claimant) =>
        $"{method} /v1/nodes/{claimant.Node} HTTP/1.1\r\nHost: berth\r\n"
        + (claimant.Pool is null ? string.Empty : $"Relay-Pool: {claimant.Pool}\r\n")
        + "Content-Length: 0\r\n\r\n";

    private async Task<RawAnswer?> AskAsync(string request)
    {
        try
        {
            return await _connection.AskAsync(request);
        }
        catch (Exception broken) when (broken is SocketException or EndOfStreamException)
        {
            return null;
        }
    }
}
