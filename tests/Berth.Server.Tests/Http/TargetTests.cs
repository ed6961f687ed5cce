using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Targets over the wire, where the server reads them before we do.</summary>
public sealed class TargetTests
{
    [Theory]
    [InlineData("%01")]
    [InlineData("%7F")]
    [InlineData("%C2%85")]
    [InlineData("%ff")]
    [InlineData("%C3%28")]
    [InlineData("%ED%A0%80")]
    [InlineData("%zz")]
    [InlineData("a%")]
    [InlineData("\u0001")]
    public async Task An_invalid_fingerprint_is_400_before_any_pool(string fingerprint)
    {
        await using var member = await TestMember.WithSeatsAsync(1, TestMember.Options with { PoolLock = new("x") });
        foreach (var request in new[] { Put(fingerprint, "Relay-Pool: y"), Delete(fingerprint, "Relay-Pool: y") })
        {
            var answer = await member.AskAsync(request);
            answer.ShouldBe(400, InvalidFingerprint);
            answer.Names.ShouldBe(["Content-Length", "Content-Type", "Relay-Clock"]);
        }
    }

    /// <summary>The server under us refuses an encoded NUL before we see the request: no body, no clock.</summary>
    [Theory]
    [InlineData("%00")]
    [InlineData("a%00")]
    public async Task An_encoded_NUL_is_refused_by_the_server_itself(string fingerprint)
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        (await member.AskAsync(Put(fingerprint))).ShouldBe(400, "");
        (await member.AskAsync(Put("a"))).ShouldHandOut(201, "license-1");
    }

    [Fact]
    public async Task A_fingerprint_has_at_most_512_bytes()
    {
        await using var member = await TestMember.WithSeatsAsync(3);
        (await member.StatusAsync(Put(new string('x', 512)))).ShouldBe(201);
        (await member.AskAsync(Put(new string('x', 513)))).ShouldBe(400, InvalidFingerprint);
        (await member.StatusAsync(Put(Repeated("%E2%82%AC", 170) + "xy"))).ShouldBe(201);
        (await member.StatusAsync(Put(Repeated("%E2%82%AC", 170) + "xy"))).ShouldBe(202);
        (await member.AskAsync(Put(Repeated("%E2%82%AC", 171)))).ShouldBe(400, InvalidFingerprint);
    }

    [Fact]
    public async Task Escapes_are_decoded_once()
    {
        await using var member = await TestMember.WithSeatsAsync(10);
        (await member.StatusAsync(Put("%41"))).ShouldBe(201);
        (await member.StatusAsync(Put("A"))).ShouldBe(202);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        (await member.StatusAsync(Put("%2541"))).ShouldBe(201);
        (await member.StatusAsync(Put("x+y"))).ShouldBe(201);
        (await member.StatusAsync(Put("x%2By"))).ShouldBe(202);
        (await member.StatusAsync(Put("x%20y"))).ShouldBe(201);
        (await member.StatusAsync(Put("%C3%A9"))).ShouldBe(201);
        (await member.StatusAsync(Put("e%CC%81"))).ShouldBe(201);
        (await member.StatusAsync(Delete("%61"))).ShouldBe(204);
        (await member.StatusAsync(Delete("a"))).ShouldBe(404);
    }

    [Fact]
    public async Task The_query_is_ignored_and_the_target_may_be_absolute()
    {
        await using var member = await TestMember.WithSeatsAsync(2);
        (await member.StatusAsync(Put("a?pool=x&b=/"))).ShouldBe(201);
        (await member.StatusAsync(Put("a?"))).ShouldBe(202);
        (await member.StatusAsync(Request("PUT", "http://berth/v1/nodes/a?x"))).ShouldBe(202);
        (await member.StatusAsync(Request("DELETE", "http://berth/v1/nodes/%61"))).ShouldBe(204);
    }

    private static string Repeated(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
