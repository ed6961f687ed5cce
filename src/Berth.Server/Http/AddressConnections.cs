using System.Net;
using Berth.Runtime.Metrics;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Http;

/// <summary>
/// Closes connections of an address that has too many open, before TLS spends anything on them. It counts open connections, so it
/// is never larger than their number.
/// </summary>
internal sealed class AddressConnections(int most, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan _betweenLines = TimeSpan.FromMinutes(1);

    /// <summary>Guards the fields below.</summary>
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, int> _open = [];
    private long? _saidAt;

    /// <summary>Connections that were closed so.</summary>
    public Counter Refused { get; init; } = new();

    /// <summary>Wraps what serves a connection.</summary>
    public ConnectionDelegate Guard(ConnectionDelegate next) => connection => ServeAsync(connection, next);

    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        var key = AddressKey.Of(address);
        if (!TryEnter(key))
        {
            Refused.Add();
            Tell(address);
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(key);
        }
    }

    private bool TryEnter(ulong key)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(key);
            if (open >= most)
            {
                return false;
            }

            _open[key] = open + 1;
            return true;
        }
    }

    private void Leave(ulong key)
    {
        lock (_gate)
        {
            if (--_open[key] == 0)
            {
                _open.Remove(key);
            }
        }
    }

    private void Tell(IPAddress? address)
    {
        lock (_gate)
        {
            if (_saidAt is { } said && time.GetElapsedTime(said) < _betweenLines)
            {
                return;
            }

            _saidAt = time.GetTimestamp();
        }

        log.TooManyConnections(most, address);
    }
}

internal static partial class AddressConnectionsLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "connections.limited: {address} has {most} connections open; more are closed at once")]
    public static partial void TooManyConnections(this ILogger log, int most, IPAddress? address);
}
