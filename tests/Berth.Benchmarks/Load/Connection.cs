using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Berth.Benchmarks.Load;

internal enum Received
{
    Partial,
    Complete,
    Broken,
}

/// <summary>
/// One connection to a server on the loopback, one request in flight. Of an answer it reads the status and Content-Length;
/// the body is counted and thrown away. Anything it cannot follow breaks the connection with a reason.
/// </summary>
internal sealed class Connection(int port) : IDisposable
{
    private readonly byte[] _buffer = new byte[8192];
    private int _filled;
    private int _bodyLeft = -1;
    private int _descriptor = -1;

    public int Descriptor => _descriptor;

    /// <summary>The status of the answer that was completed last.</summary>
    public int Status { get; private set; }

    public string Breakage { get; private set; } = "";

    /// <summary>Starts to connect and does not wait for it; writability tells when it is done.</summary>
    public bool Open()
    {
        Span<byte> address = stackalloc byte[16];
        address.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(address, Libc.InternetFamily);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)port);
        address[4] = 127;
        address[7] = 1;
        _descriptor = Libc.Socket(Libc.InternetFamily, Libc.StreamNonBlockingCloseOnExec, 0);
        if (_descriptor < 0)
        {
            return Break("socket");
        }

        var on = 1;
        _ = Libc.SetOption(_descriptor, Libc.TcpLevel, Libc.TcpNoDelay, ref on, sizeof(int));
        return Libc.Connect(_descriptor, ref address[0], address.Length) == 0
            || Marshal.GetLastPInvokeError() == Libc.ErrorInProgress
            || Break("connect");
    }

    /// <summary>A request always fits an empty socket buffer, so a partial write is a fault.</summary>
    public bool Send(byte[] request) =>
        Libc.Send(_descriptor, ref request[0], request.Length, Libc.NoSignal) == request.Length || Break("send");

    public Received Receive()
    {
        var got = (int)Libc.Receive(_descriptor, ref _buffer[_filled], _buffer.Length - _filled, 0);
        if (got <= 0)
        {
            if (got < 0 && Marshal.GetLastPInvokeError() is Libc.ErrorWouldBlock or Libc.ErrorInterrupted)
            {
                return Received.Partial;
            }

            Breakage = got == 0 ? "closed by the server" : $"receive: {Marshal.GetLastPInvokeErrorMessage()}";
            return Received.Broken;
        }

        if (_bodyLeft > 0)
        {
            return Skip(got);
        }

        _filled += got;
        var seen = _buffer.AsSpan(0, _filled);
        var end = seen.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return _filled < _buffer.Length ? Received.Partial : Broken("headers of more than 8 kB");
        }

        var length = ParseHead(seen[..(end + 2)]);
        return length < 0 ? Received.Broken : Skip(_filled - end - 4, length);
    }

    public void Dispose()
    {
        if (_descriptor >= 0)
        {
            _ = Libc.Close(_descriptor);
            _descriptor = -1;
        }
    }

    /// <summary>The length of the body, or -1 when the head makes no sense.</summary>
    private int ParseHead(ReadOnlySpan<byte> head)
    {
        if (head.Length < 13 || !head.StartsWith("HTTP/1.1 "u8))
        {
            Breakage = "not an HTTP/1.1 answer";
            return -1;
        }

        Status = ((head[9] - '0') * 100) + ((head[10] - '0') * 10) + head[11] - '0';
        if (Status == 204)
        {
            return 0;
        }

        var at = head.IndexOf("\r\nContent-Length: "u8);
        if (at < 0)
        {
            Breakage = $"answer {Status} without Content-Length";
            return -1;
        }

        var length = 0;
        for (var i = at + 18; head[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            length = (length * 10) + head[i] - '0';
        }

        return length;
    }

    private Received Skip(int got) => Skip(got, _bodyLeft);

    private Received Skip(int got, int expected)
    {
        _filled = 0;
        _bodyLeft = expected - got;
        return _bodyLeft switch
        {
            0 => Received.Complete,
            > 0 => Received.Partial,
            _ => Broken("more bytes than Content-Length says"),
        };
    }

    private Received Broken(string reason)
    {
        Breakage = reason;
        return Received.Broken;
    }

    private bool Break(string call)
    {
        Breakage = $"{call}: {Marshal.GetLastPInvokeErrorMessage()}";
        return false;
    }
}
