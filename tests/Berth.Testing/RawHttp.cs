using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Testing;

/// <summary>
/// One TCP connection to a server under test: sends exact bytes and reads exact answers. Every wait has a deadline, after
/// which it throws.
/// </summary>
public sealed class RawHttp : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    private RawHttp(Socket socket) => _socket = socket;

    /// <summary>Connects to a port of this machine.</summary>
    public static Task<RawHttp> ConnectAsync(int port) => ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));

    /// <summary>Connects to a TCP port or a Unix socket.</summary>
    public static async Task<RawHttp> ConnectAsync(EndPoint to)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, to is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            if (to is IPEndPoint)
            {
                socket.NoDelay = true;
            }

            using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
            await socket.ConnectAsync(to, deadline.Token);
            return new RawHttp(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>One request on a connection of its own.</summary>
    public static async Task<RawAnswer> AskAsync(int port, string request)
    {
        await using var connection = await ConnectAsync(port);
        return await connection.AskAsync(request);
    }

    /// <summary>Sends the text as UTF-8 and reads one answer.</summary>
    public async Task<RawAnswer> AskAsync(string request)
    {
        await SendAsync(request);
        return await ReadAsync(hasBody: !request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    /// <summary>Sends the text as UTF-8.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends these bytes.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, deadline.Token)..];
        }
    }

    /// <summary>Sends these bytes; false when the server has broken the connection off.</summary>
    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendAsync(bytes);
            return true;
        }
        catch (SocketException broken) when (IsBrokenOff(broken))
        {
            return false;
        }
    }

    /// <summary>Says that nothing more will be sent.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Says that nothing more will be sent; false when the server has broken the connection off.</summary>
    public bool TryEndSending()
    {
        try
        {
            EndSending();
            return true;
        }
        catch (SocketException broken) when (IsBrokenOff(broken) || broken.SocketErrorCode == SocketError.NotConnected)
        {
            return false;
        }
    }

    /// <summary>Breaks the connection off, with a reset where it is TCP.</summary>
    public void BreakOff() => _socket.Close(timeout: 0);

    /// <summary>Reads one answer. <paramref name="hasBody"/> is false for the answer to a HEAD.</summary>
    public async Task<RawAnswer> ReadAsync(bool hasBody = true)
    {
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        var statusLine = await ReadLineAsync(deadline.Token);
        var headers = new List<KeyValuePair<string, string>>();
        while (await ReadLineAsync(deadline.Token) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            headers.Add(new(line[..colon], line[(colon + 2)..]));
        }

        var answer = new RawAnswer(statusLine, headers, []);
        if (!hasBody || answer.Status is < 200 or 204 or 304)
        {
            return answer;
        }

        return answer["Content-Length"] is { } length
            ? answer with { Body = await ReadExactAsync(int.Parse(length, CultureInfo.InvariantCulture), deadline.Token) }
            : answer with { Body = await ReadToEndAsync(deadline.Token) };
    }

    /// <summary>Everything that comes until the server closes the connection, or breaks it off.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        return await ReadToEndAsync(deadline.Token);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> ReadLineAsync(CancellationToken stop)
    {
        var line = new List<byte>();
        while (line.Count < 2 || line[^2] != '\r' || line[^1] != '\n')
        {
            if (_start == _end && !await FillAsync(stop))
            {
                throw new EndOfStreamException($"The server closed the connection after '{Encoding.Latin1.GetString([.. line])}'.");
            }

            line.Add(_buffer[_start++]);
        }

        return Encoding.Latin1.GetString([.. line[..^2]]);
    }

    private async Task<byte[]> ReadExactAsync(int length, CancellationToken stop)
    {
        var bytes = new byte[length];
        for (var at = 0; at < length;)
        {
            if (_start == _end && !await FillAsync(stop))
            {
                throw new EndOfStreamException($"The server closed the connection after {at} of {length} bytes of the body.");
            }

            var taken = Math.Min(length - at, _end - _start);
            _buffer.AsSpan(_start, taken).CopyTo(bytes.AsSpan(at));
            at += taken;
            _start += taken;
        }

        return bytes;
    }

    private async Task<byte[]> ReadToEndAsync(CancellationToken stop)
    {
        var bytes = new List<byte>();
        do
        {
            bytes.AddRange(_buffer.AsSpan(_start, _end - _start));
        }
        while (await FillAsync(stop));
        return [.. bytes];
    }

    /// <summary>False: the server has closed the connection.</summary>
    private async Task<bool> FillAsync(CancellationToken stop)
    {
        _start = _end = 0;
        try
        {
            _end = await _socket.ReceiveAsync(_buffer, stop);
        }
        catch (SocketException broken) when (IsBrokenOff(broken))
        {
            return false;
        }

        return _end > 0;
    }

    private static bool IsBrokenOff(SocketException failure) =>
        failure.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown;
}

/// <summary>An answer as it came over the wire.</summary>
/// <param name="StatusLine">Without its line end.</param>
/// <param name="Headers">In the order and case in which they came.</param>
/// <param name="Body">Its exact bytes.</param>
public sealed record RawAnswer(string StatusLine, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>The status code.</summary>
    public int Status => int.Parse(StatusLine.AsSpan("HTTP/1.1 ".Length, 3), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The names of the headers, sorted, without <c>Date</c>.</summary>
    public IEnumerable<string> Names =>
        Headers.Select(header => header.Key).Where(name => name != "Date").Order(StringComparer.Ordinal);

    /// <summary>The only header of this name, or null.</summary>
    public string? this[string name] =>
        Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(header => header.Value)
            .SingleOrDefault();
}
