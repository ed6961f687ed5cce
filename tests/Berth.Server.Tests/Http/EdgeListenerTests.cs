using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Where the edge listens.</summary>
public sealed class EdgeListenerTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    public async Task A_free_port_is_taken_and_told(string bind)
    {
        await using var member = await TestMember.StartAsync(TestMember.Options with { Bind = bind });
        member.Port.ShouldBeGreaterThan(0);
        (await member.StatusAsync(Health)).ShouldBe(200);
    }

    [Fact]
    public async Task A_name_other_than_localhost_is_refused() =>
        await Should.ThrowAsync<FormatException>(() => TestMember.StartAsync(TestMember.Options with { Bind = "berth.example" }));

    /// <summary>Its preface gets a frame that says so, and the end; an offer to upgrade is ignored.</summary>
    [Fact]
    public async Task HTTP_2_is_not_spoken()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        await connection.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        (await connection.ReadToEndAsync()).Length.ShouldBeLessThan(64);
        var upgrade = Put("a", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk");
        (await member.StatusAsync(upgrade)).ShouldBe(201);
    }
}
