using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Who sends a request bit by bit is cut off. These take as long as the server's own time-outs.</summary>
public sealed class SlowSenderTests
{
    [Fact]
    public async Task Headers_that_do_not_end_are_cut_off()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        await using var body = await RawHttp.ConnectAsync(member.Port);
        await connection.SendAsync("PUT /v1/nodes/slow HTTP/1.1\r\nHost: berth\r\nX-Slow: ");
        (await body.AskAsync(Put("a", "Content-Length: 1000") + "x")).Status.ShouldBe(201);
        var answer = await connection.ReadAsync();
        answer.Status.ShouldBe(408);
        (await connection.ReadToEndAsync()).ShouldBeEmpty();
        (await body.ReadToEndAsync()).Length.ShouldBeLessThan(1_000);
        (await member.StatusAsync(Put("slow"))).ShouldBe(410);
    }
}
