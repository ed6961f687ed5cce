using System.Net;
using System.Net.Sockets;
using Berth.Server.Http;
using Berth.Testing;
using Microsoft.AspNetCore.Connections;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>How many connections one address may have open.</summary>
public sealed class AddressConnectionsTests
{
    private readonly RecordedLog _log = new();

    [Fact]
    public async Task The_edge_closes_what_is_too_much()
    {
        await using var member = await TestMember.WithSeatsAsync(1, TestMember.Options with { MaxConnectionsPerAddress = 2 });
        await using var first = await RawHttp.ConnectAsync(member.Port);
        await using var second = await RawHttp.ConnectAsync(member.Port);
        (await first.AskAsync(Put("a"))).Status.ShouldBe(201);
        (await second.AskAsync(Put("a"))).Status.ShouldBe(202);
        (await IsTurnedAwayAsync(member.Port)).ShouldBeTrue();
        (await first.AskAsync(Put("a"))).Status.ShouldBe(202);
    }

    [Fact]
    public async Task Each_address_has_its_own_number_and_a_closed_one_is_free_again()
    {
        var ends = new List<TaskCompletionSource>();
        var connections = new AddressConnections(1, new FakeClock(), _log);
        var serve = connections.Guard(_ =>
        {
            ends.Add(new TaskCompletionSource());
            return ends[^1].Task;
        });
        var one = serve(From("10.0.0.1"));
        var two = serve(From("10.0.0.2"));
        await serve(From("10.0.0.1"));
        await serve(From("10.0.0.1"));
        ends.Count.ShouldBe(2);
        _log.Count("connections.limited: 10.0.0.1 has 1 connections open").ShouldBe(1);
        ends[0].SetResult();
        await one;
        var next = serve(From("10.0.0.1"));
        ends.Count.ShouldBe(3);
        ends[1].SetResult();
        ends[2].SetException(new IOException("broken off"));
        await two;
        await Should.ThrowAsync<IOException>(() => next);
        _ = serve(From("10.0.0.1"));
        ends.Count.ShouldBe(4);
    }

    /// <summary>The connection is broken off: seen while it is made, or when it is read from.</summary>
    private static async Task<bool> IsTurnedAwayAsync(int port)
    {
        try
        {
            await using var connection = await RawHttp.ConnectAsync(port);
            return await connection.ReadToEndAsync() is [];
        }
        catch (SocketException reset)
        {
            return reset.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    private static DefaultConnectionContext From(string address) => new("id") { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1) };
}
