using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>What a stranger can send at the most.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData(62, 0, 201)]
    [InlineData(64, 0, 431)]
    [InlineData(1_000, 0, 431)]
    [InlineData(10, 1_000, 201)]
    [InlineData(20, 1_000, 431)]
    [InlineData(1, 100_000, 431)]
    public async Task Headers_are_limited_in_number_and_size(int count, int length, int status)
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        var headers = Enumerable.Range(0, count).Select(i => $"X-{i}: {new string('x', length)}").ToArray();
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        (await connection.AskAsync(Put("a", headers))).Status.ShouldBe(status);
        if (status == 431)
        {
            (await connection.ReadToEndAsync()).ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData(8_100, 400)]
    [InlineData(8_200, 414)]
    [InlineData(60_000, 414)]
    public async Task The_request_line_is_limited(int length, int status)
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        (await connection.AskAsync(Put(new string('x', length)))).Status.ShouldBe(status);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_a_freed_place_is_taken()
    {
        await using var member = await TestMember.WithSeatsAsync(1, TestMember.Options with { MaxConnections = 2 });
        await using var first = await RawHttp.ConnectAsync(member.Port);
        await using var second = await RawHttp.ConnectAsync(member.Port);
        (await first.AskAsync(Put("a"))).Status.ShouldBe(201);
        (await second.AskAsync(Put("a"))).Status.ShouldBe(202);
        await using (var third = await RawHttp.ConnectAsync(member.Port))
        {
            (await third.ReadToEndAsync()).ShouldBeEmpty();
        }

        (await second.AskAsync(Put("a", "Connection: close"))).Status.ShouldBe(202);
        (await second.ReadToEndAsync()).ShouldBeEmpty();
        second.EndSending();
        (await EventuallyAnsweredAsync(member.Port)).ShouldBe(202);
        (await first.AskAsync(Put("a"))).Status.ShouldBe(202);
    }

    [Fact]
    public async Task A_stranger_who_sends_nothing_more_does_not_keep_others_waiting()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        var idle = new List<RawHttp>();
        for (var i = 0; i < 100; i++)
        {
            idle.Add(await RawHttp.ConnectAsync(member.Port));
            await idle[i].SendAsync("PUT /v1/nodes/slow");
        }

        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        foreach (var connection in idle)
        {
            await connection.DisposeAsync();
        }

        (await member.StatusAsync(Put("slow"))).ShouldBe(410);
    }

    /// <summary>The place of a closed connection is free a moment after the client sees the end; how long is the server's matter.</summary>
    private static async Task<int> EventuallyAnsweredAsync(int port)
    {
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(40);
        while (true)
        {
            await using var connection = await RawHttp.ConnectAsync(port);
            try
            {
                return (await connection.AskAsync(Put("a"))).Status;
            }
            catch (IOException) when (TimeProvider.System.GetUtcNow() < deadline)
            {
                await Task.Yield();
            }
            catch (System.Net.Sockets.SocketException) when (TimeProvider.System.GetUtcNow() < deadline)
            {
                await Task.Yield();
            }
        }
    }
}
