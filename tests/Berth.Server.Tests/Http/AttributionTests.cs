using Berth.Pools;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Who asked: Berth-User, Berth-Host and the address.</summary>
public sealed class AttributionTests
{
    private const string Invalid = "{\"error\":\"invalid Berth-User or Berth-Host header: 1 to 256 bytes of text\"}\n";

    [Theory]
    [InlineData("Berth-User")]
    [InlineData("berth-host")]
    public async Task A_name_has_at_most_256_bytes_without_control_characters(string header)
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        (await member.AskAsync(Put("a", $"{header}: {new string('x', 257)}"))).ShouldBe(400, Invalid);
        (await member.AskAsync(Put("a", $"{header}: {new string('\u00e9', 129)}"))).ShouldBe(400, Invalid);
        (await member.AskAsync(Put("a", $"{header}: a\tb"))).ShouldBe(400, Invalid);
        (await member.AskAsync(Delete("a", $"{header}: a\u0085b"))).ShouldBe(400, Invalid);
        (await member.StatusAsync(Put("a", $"{header}: {new string('x', 256)}"))).ShouldBe(201);
        (await member.StatusAsync(Put("a", $"{header}: {new string('\u00e9', 128)}"))).ShouldBe(202);
        (await member.StatusAsync(Put("a", $"{header}:"))).ShouldBe(202);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_refused()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        await connection.SendAsync(System.Text.Encoding.Latin1.GetBytes(Put("a", "Berth-User: \u00ff")));
        (await connection.ReadAsync()).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_grant_records_who_asked(bool audit)
    {
        var granted = new List<SeatGranted>();
        await using var member = await TestMember.WithSeatsAsync(2, TestMember.Options with { Audit = audit });
        member.Member.Pools.OnDurable += (_, happened) => granted.AddRange(new[] { happened }.OfType<SeatGranted>());
        (await member.StatusAsync(Put("a", "Berth-User: ada \u00e9", "Berth-Host: ws-7"))).ShouldBe(201);
        (await member.StatusAsync(Put("b"))).ShouldBe(201);

        granted[0].Stamp.Who.ShouldBe(new Who(audit ? "node" : null, audit ? "127.0.0.1" : null, "ada \u00e9", "ws-7"));
        granted[1].Stamp.Who.ShouldBe(audit ? new Who("node", "127.0.0.1", null, null) : Who.Nobody);
    }
}
