using System.Text;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Bodies of requests: ignored up to a limit.</summary>
public sealed class RequestBodyTests
{
    private const int Limit = 1 << 20;
    private const string TooLarge = "{\"error\":\"request body too large: at most 1048576 bytes\"}\n";

    [Fact]
    public async Task A_body_is_ignored_and_the_connection_goes_on()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        (await connection.AskAsync(Put("a", "Content-Length: 18") + "PUT /v1/nodes/b HT")).Status.ShouldBe(201);
        (await connection.AskAsync(Put("a", "Content-Length: 0"))).Status.ShouldBe(202);
        (await connection.AskAsync(Put("a", $"Content-Length: {Limit}") + new string('x', Limit))).Status.ShouldBe(202);
        (await connection.AskAsync(Delete("a", "Content-Length: 2", "Content-Type: application/json") + "{}")).Status.ShouldBe(204);
        (await connection.AskAsync(Health)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_chunked_body_is_ignored_and_the_connection_goes_on()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        (await connection.AskAsync(Put("a", "Transfer-Encoding: chunked") + "5\r\nhello\r\n3;x=y\r\nabc\r\n0\r\nTrailer: 1\r\n\r\n"))
            .Status.ShouldBe(201);
        (await connection.AskAsync(Delete("a", "Transfer-Encoding: chunked") + "0\r\n\r\n")).Status.ShouldBe(204);
        (await connection.AskAsync(Health)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_body_above_the_limit_is_refused_before_it_is_sent()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        foreach (var length in new[] { Limit + 1, long.MaxValue })
        {
            (await member.AskAsync(Put("a", $"Content-Length: {length}"))).ShouldBe(413, TooLarge);
            (await member.AskAsync(Delete("a", $"Content-Length: {length}"))).ShouldBe(413, TooLarge);
            (await member.AskAsync(Put("%ff", $"Content-Length: {length}"))).ShouldBe(400, InvalidFingerprint);
        }

        (await member.AskAsync(Delete("a"))).ShouldBe(404, ClaimNotFound);
    }

    /// <summary>A chunked body says its length only at its end: it is answered first, and the connection does not outlive it.</summary>
    [Fact]
    public async Task A_chunked_body_above_the_limit_ends_the_connection()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        (await connection.AskAsync(Put("a", "Transfer-Encoding: chunked"))).Status.ShouldBe(201);
        var chunk = Encoding.ASCII.GetBytes("10000\r\n" + new string('x', 0x10000) + "\r\n");
        var sent = 0;
        while (sent < 1_000 && await connection.TrySendAsync(chunk))
        {
            sent++;
        }

        sent.ShouldBeLessThan(1_000);

        (await connection.ReadToEndAsync()).Length.ShouldBeLessThan(1_000);
        (await member.StatusAsync(Put("a"))).ShouldBe(202);
    }

    [Fact]
    public async Task A_client_that_waits_for_100_is_answered()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        (await member.AskAsync(Put("a", "Content-Length: 5", "Expect: 100-continue"))).Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_length_beside_chunks_does_not_smuggle_a_request()
    {
        await using var member = await TestMember.WithSeatsAsync(2);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        await connection.SendAsync(Put("a", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n" + Put("smuggled"));
        var first = await connection.ReadAsync();
        first.Status.ShouldBeOneOf(201, 400);
        (await connection.ReadToEndAsync()).ShouldBeEmpty();
        (await member.StatusAsync(Delete("smuggled"))).ShouldBe(404);
    }
}
