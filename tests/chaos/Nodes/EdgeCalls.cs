using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Chaos.History;
using Berth.Chaos.Processes;

namespace Berth.Chaos.Nodes;

/// <summary>The requests of all nodes, over connections that are kept, each with a time limit. Every request is recorded.</summary>
internal sealed class EdgeCalls(Recorder recorder) : IDisposable
{
    private const int MostBytes = 64 << 10;

    private readonly ConcurrentDictionary<IPEndPoint, ConcurrentBag<Socket>> _idle = new();

    /// <summary>Asks one member once.</summary>
    /// <param name="member">Whom.</param>
    /// <param name="verb">For what.</param>
    /// <param name="pool">Of which pool.</param>
    /// <param name="node">Who asks.</param>
    /// <param name="limit">How long the node waits; then it knows nothing.</param>
    public async Task<Operation> AskAsync(ChaosMember member, Verb verb, string pool, string node, TimeSpan limit)
    {
        var request = Encoding.ASCII.GetBytes(
            $"{(verb == Verb.Claim ? "PUT" : "DELETE")} /v1/nodes/{node} HTTP/1.1\r\nHost: {member.Name}\r\nRelay-Pool: {pool}\r\n"
            + "Prefer: return=representation\r\nContent-Length: 0\r\n\r\n");
        var sent = recorder.Now;
        var answer = await SendAsync(member.Edge, request, limit);
        var operation = new Operation(
            pool, node, verb, member.Name, sent, recorder.Now, answer.Outcome, answer.Status, answer.License, answer.ExpiresIn);
        recorder.Add(operation);
        return operation;
    }

    /// <summary>Connections of before are not used again.</summary>
    public void Forget(IPEndPoint edge)
    {
        while (_idle.TryGetValue(edge, out var idle) && idle.TryTake(out var socket))
        {
            socket.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var edge in _idle.Keys)
        {
            Forget(edge);
        }
    }

    private async Task<EdgeAnswer> SendAsync(IPEndPoint edge, byte[] request, TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit, TimeProvider.System);
        var socket = await ConnectionAsync(edge, late.Token);
        if (socket is null)
        {
            return EdgeAnswer.NotSent;
        }

        var answer = await ExchangeAsync(socket, request, late.Token);
        if (answer is null)
        {
            socket.Dispose();
            return EdgeAnswer.Lost;
        }

        _idle.GetOrAdd(edge, _ => []).Add(socket);
        return answer;
    }

    /// <summary>One that is kept and still open, or a new one. Null: nobody could be reached.</summary>
    private async Task<Socket?> ConnectionAsync(IPEndPoint edge, CancellationToken late)
    {
        while (_idle.TryGetValue(edge, out var idle) && idle.TryTake(out var kept))
        {
            // Readable while nothing was asked: the member has closed it.
            if (!kept.Poll(0, SelectMode.SelectRead))
            {
                return kept;
            }

            kept.Dispose();
        }

        var socket = new Socket(edge.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(edge, late);
            return socket;
        }
        catch (Exception unreachable) when (unreachable is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Null: the connection broke, or it took too long.</summary>
    private static async Task<EdgeAnswer?> ExchangeAsync(Socket socket, byte[] request, CancellationToken late)
    {
        try
        {
            await socket.SendAsync(request, late);
            var buffer = new byte[4 << 10];
            var length = 0;
            while (true)
            {
                var more = await socket.ReceiveAsync(buffer.AsMemory(length), late);
                if (more == 0)
                {
                    return null;
                }

                length += more;
                if (EdgeAnswer.Read(buffer.AsSpan(0, length)) is { } answer)
                {
                    return answer;
                }

                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, length < MostBytes ? length * 2 : throw new FormatException($"an answer of {socket.RemoteEndPoint} is longer than {MostBytes} bytes"));
                }
            }
        }
        catch (Exception broken) when (broken is SocketException or OperationCanceledException)
        {
            return null;
        }
    }
}
