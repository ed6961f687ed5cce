using System.Security.Cryptography;
using System.Text;
using Berth.Pools;
using Berth.Server.Http;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Signatures, as Relay's clients verify them.</summary>
public sealed class AnswerSignatureTests
{
    private const string OfTerm = "t=1764949490,v1=af9e6d14e90681b376508fdaa7d110482e465c825492556d32e24c9d52d45c79";
    private const string OfNothing = "t=1764949490,v1=83c288c276ae120962547049269cb09c8f984b9ae3d344242829fcb722f50256";

    private static readonly MemberOptions Signed = TestMember.Options with { SigningSecret = "hunter2" };

    [Fact]
    public void The_published_signatures_come_out()
    {
        var signature = new AnswerSignature("hunter2");
        signature.Sign("1764949490", "{\"expires_at\":1764949550,\"expires_in\":60}\n"u8, []).ShouldBe(OfTerm);
        signature.Sign("1764949490", "{\"expires_at\":17649"u8, "49550,\"expires_in\":60}\n"u8).ShouldBe(OfTerm);
        signature.Sign("1764949490", [], []).ShouldBe(OfNothing);
    }

    [Fact]
    public async Task The_published_signatures_come_over_the_wire()
    {
        await using var member = await TestMember.WithSeatsAsync(1, Signed, new HandClock());
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        (await member.AskAsync(Put("a")))["Relay-Signature"].ShouldBe(OfTerm);
        (await member.AskAsync(Delete("a")))["Relay-Signature"].ShouldBe(OfNothing);
        (await member.AskAsync(Health))["Relay-Signature"].ShouldBe(OfNothing);
    }

    [Fact]
    public async Task Every_status_of_the_api_is_signed()
    {
        var journal = new ScriptedJournal();
        var options = Signed with { SigningSecret = "h\u00e9 <&>", ExclusiveNodes = true };
        await using var member = await TestMember.StartAsync(options, journal);
        await member.AddSeatsAsync(PoolName.Global, 1);
        await member.AddSeatsAsync(new PoolName("blue"), 1, "blue-");
        var statuses = new List<int>();
        await AskAsync(Health);
        await AskAsync(Put("a"));
        await AskAsync(Put("a"));
        await AskAsync(Put("a", "Prefer: return=representation"));
        await AskAsync(Put("a", "Relay-Pool: blue"));
        await AskAsync(Put("b"));
        await AskAsync(Put("b", "Relay-Pool: gone"));
        await AskAsync(Put("%ff"));
        await AskAsync(Put("b", "Berth-User: " + new string('x', 257)));
        await AskAsync(Put("b", "Content-Length: 1048577"));
        await AskAsync(Delete("b"));
        await AskAsync(Delete("a"));
        journal.OnReadLicense = _ => throw new IOException("gone");
        await AskAsync(Put("b", "Relay-Pool: blue"));
        journal.OnAppend = _ => new(Runtime.Journal.AppendResult.NotWritten("full"));
        await AskAsync(Put("a"));
        journal.OnAppend = _ => throw new IOException("broken");
        await AskAsync(Put("a"));
        statuses.ShouldBe([200, 201, 202, 202, 409, 410, 400, 400, 400, 413, 404, 204, 503, 503, 503]);

        async Task AskAsync(string request)
        {
            var answer = await member.AskAsync(request);
            var clock = answer["Relay-Clock"].ShouldNotBeNull();
            byte[] signed = [.. Encoding.ASCII.GetBytes(clock + "."), .. answer.Body];
            var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.SigningSecret!), signed);
            answer["Relay-Signature"].ShouldBe($"t={clock},v1={Convert.ToHexStringLower(hash)}");
            statuses.Add(answer.Status);
        }
    }

    [Fact]
    public async Task An_empty_secret_does_not_sign()
    {
        await using var member = await TestMember.WithSeatsAsync(1, Signed with { SigningSecret = "" });
        (await member.AskAsync(Put("a"))).Names.ShouldNotContain("Relay-Signature");
        (await member.AskAsync(Health)).Names.ShouldNotContain("Relay-Signature");
    }

    [Fact]
    public async Task Probes_are_not_signed()
    {
        await using var member = await TestMember.StartAsync(Signed);
        (await member.AskAsync(Request("GET", "/livez"))).Names.ShouldBe(["Cache-Control", "Content-Length", "Content-Type"]);
    }
}
