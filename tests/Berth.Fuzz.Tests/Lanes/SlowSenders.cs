using System.Net;
using System.Net.Sockets;
using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Wire;

namespace Berth.Fuzz.Tests.Lanes;

/// <summary>
/// Connections that never come to an end: each says part of a request, then a byte now and then. The server may answer that it
/// waited long enough, and close; then another takes its place.
/// </summary>
internal sealed class SlowSenders : IDisposable
{
    private static readonly int[] _allowed = [400, 404, 405, 408, 413, 431];
    private static readonly string[] _beginnings =
    [
        "", "P", "PUT /v1/nodes/slow", "PUT /v1/nodes/slow HTTP/1.1\r\n", "PUT /v1/nodes/slow HTTP/1.1\r\nHost: berth\r\nX-Slow: ",
        "POST /v1/health HTTP/1.1\r\nHost: berth\r\nContent-Length: 1000000\r\n\r\n", "POST /nothing HTTP/1.1\r\nHost: berth\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n",
        "POST /admin/licenses HTTP/1.1\r\nHost: berth\r\nContent-Length: 1000000\r\n\r\n{",
    ];

    private readonly EndPoint _server;
    private readonly Tally _tally;
    private readonly Dice _dice;
    private readonly Slow[] _open;
    private readonly byte[] _buffer = new byte[4096];

    /// <summary>Guards everything: lanes call in between their batches.</summary>
    private readonly Lock _gate = new();

    public SlowSenders(EndPoint server, Tally tally, Dice dice, int count)
    {
        (_server, _tally, _dice) = (server, tally, dice);
        _open = new Slow[count];
        for (var i = 0; i < count; i++)
        {
            _open[i] = Begin();
        }
    }

    /// <summary>How many were ended by the server.</summary>
    public int Ended { get; private set; }

    /// <summary>One byte more on some of the connections.</summary>
    public void Drip()
    {
        lock (_gate)
        {
            for (var some = 0; some < 8; some++)
            {
                var at = _dice.Below(_open.Length);
                if (!Drip(_open[at]))
                {
                    Check(_open[at]);
                    _open[at].Socket.Dispose();
                    Ended++;
                    _open[at] = Begin();
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (var slow in _open)
        {
            slow.Socket.Dispose();
        }
    }

    private Slow Begin()
    {
        var socket = new Socket(_server.AddressFamily, SocketType.Stream, _server is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        socket.Connect(_server);
        socket.Send(Text.Bytes(_dice.Of(_beginnings)));
        _tally.Count("slow senders", 1);
        return new Slow(socket);
    }

    /// <summary>False: the server has ended it.</summary>
    private bool Drip(Slow slow)
    {
        try
        {
            while (slow.Socket.Poll(0, SelectMode.SelectRead))
            {
                var came = slow.Socket.Receive(_buffer);
                slow.Came.AddRange(_buffer.AsSpan(0, came));
                if (came == 0)
                {
                    return false;
                }
            }

            slow.Socket.Send("x"u8);
            return true;
        }
        catch (SocketException)
        {
            // Reset, or closed in between: what was said before that counts.
            return false;
        }
    }

    private void Check(Slow slow)
    {
        foreach (var answer in Answers.Parse([.. slow.Came], heads: false))
        {
            _tally.Answered(answer.Status, counted: false);
            if (!_allowed.Contains(answer.Status))
            {
                throw _tally.Fail(new FuzzException($"A slow sender was answered {answer.Status}."));
            }
        }
    }

    private sealed record Slow(Socket Socket)
    {
        public List<byte> Came { get; } = [];
    }
}
