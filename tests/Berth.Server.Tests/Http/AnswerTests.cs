using Berth.Pools;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Bodies and headers, byte for byte.</summary>
public sealed class AnswerTests
{
    [Fact]
    public async Task A_grant_carries_file_key_and_term_in_this_order()
    {
        await using var member = await TestMember.StartAsync(time: new HandClock());
        await member.AddLicenseAsync(PoolName.Global, "one", key: "KEY-1", file: [0x00, 0xfb, 0xff, 0x0a]);
        (await member.AskAsync(Put("a"))).ShouldBe(
            201, "{\"license_file\":\"APv/Cg==\",\"license_key\":\"KEY-1\",\"expires_at\":1764949550,\"expires_in\":60}\n");
    }

    [Fact]
    public async Task Keys_are_escaped_as_Go_does()
    {
        await using var member = await TestMember.StartAsync(time: new HandClock());
        const string Key = "<a>&\"\\/'\u2028\u2029\u007f\u00e9\U0001F600\n\u0001+`";
        await member.AddLicenseAsync(PoolName.Global, "one", Key, file: [1]);
        (await member.AskAsync(Put("a"))).Text.ShouldStartWith(
            "{\"license_file\":\"AQ==\",\"license_key\":"
            + "\"\\u003ca\\u003e\\u0026\\\"\\\\/'\\u2028\\u2029\u007f\u00e9\U0001F600\\n\\u0001+`\",");
    }

    [Fact]
    public async Task A_file_of_one_mebibyte_goes_out_whole()
    {
        var file = new byte[1 << 20];
        new Random(7).NextBytes(file);
        await using var member = await TestMember.StartAsync(time: new HandClock());
        await member.AddLicenseAsync(PoolName.Global, "one", key: "k", file: file);
        (await member.AskAsync(Put("a"))).ShouldBe(
            201,
            $"{{\"license_file\":\"{Convert.ToBase64String(file)}\",\"license_key\":\"k\",\"expires_at\":1764949550,\"expires_in\":60}}\n");
    }

    [Fact]
    public async Task The_term_is_in_whole_seconds()
    {
        var options = TestMember.Options with { ExplicitPolicy = new PolicyException(TimeSpan.FromMilliseconds(90_999), null, null) };
        var clock = new HandClock();
        await using var member = await TestMember.WithSeatsAsync(1, options, clock);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        clock.Add(TimeSpan.FromMilliseconds(999));
        (await member.AskAsync(Put("a"))).ShouldBe(202, "{\"expires_at\":1764949580,\"expires_in\":90}\n");
    }

    [Theory]
    [InlineData("Prefer: return=representation")]
    [InlineData("prefer: RETURN=representation")]
    [InlineData("Prefer: respond-async, return=representation; x=y")]
    [InlineData("Prefer: wait=1", "Prefer: return=representation")]
    public async Task A_renewal_carries_the_license_when_asked(params string[] headers)
    {
        await using var member = await TestMember.WithSeatsAsync(2);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        (await member.AskAsync(Put("a", headers))).ShouldHandOut(202, "license-1");
        (await member.AskAsync(Put("a"))).Text.ShouldStartWith("{\"expires_at\":");
        (await member.AskAsync(Put("a", "Prefer: return=minimal"))).Text.ShouldStartWith("{\"expires_at\":");
    }

    [Fact]
    public async Task Answers_of_the_api_have_these_headers_and_no_others()
    {
        await using var member = await TestMember.WithSeatsAsync(1, time: new HandClock());
        foreach (var request in new[] { Put("a"), Put("a"), Put("b"), Put("a", "Relay-Pool: x"), Delete("b"), Put("%01") })
        {
            var answer = await member.AskAsync(request);
            answer.Names.ShouldBe(["Content-Length", "Content-Type", "Relay-Clock"]);
            answer["Content-Type"].ShouldBe("application/json");
            answer["Relay-Clock"].ShouldBe("1764949490");
            answer["Date"].ShouldNotBeNull();
            answer.Body[^1].ShouldBe((byte)'\n');
        }
    }

    [Fact]
    public async Task A_release_has_a_content_type_and_no_body()
    {
        await using var member = await TestMember.WithSeatsAsync(1, time: new HandClock());
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        (await connection.AskAsync(Put("a"))).Status.ShouldBe(201);
        var released = await connection.AskAsync(Delete("a"));
        released.StatusLine.ShouldBe("HTTP/1.1 204 No Content");
        released.Names.ShouldBe(["Content-Type", "Relay-Clock"]);
        released["Content-Type"].ShouldBe("application/json");
        (await connection.AskAsync(Put("a"))).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Health_has_no_content_type()
    {
        await using var member = await TestMember.StartAsync(time: new HandClock());
        var answer = await member.AskAsync(Health);
        answer.StatusLine.ShouldBe("HTTP/1.1 200 OK");
        answer.Names.ShouldBe(["Content-Length", "Relay-Clock"]);
        answer["Content-Length"].ShouldBe("0");
        (await member.StatusAsync(Request("GET", "/v1/health?x=/v1/nodes/a"))).ShouldBe(200);
    }

    [Fact]
    public async Task The_clock_is_taken_when_the_request_begins_and_the_term_when_it_ends()
    {
        var clock = new HandClock();
        var journal = new ScriptedJournal();
        await using var member = await TestMember.StartAsync(journal: journal, time: clock);
        await member.AddSeatsAsync(PoolName.Global, 1);
        journal.OnAppend = append =>
        {
            clock.Add(TimeSpan.FromSeconds(5));
            return append();
        };
        var answer = await member.AskAsync(Put("a"));
        answer["Relay-Clock"].ShouldBe("1764949490");
        answer.Text.ShouldEndWith(",\"expires_at\":1764949555,\"expires_in\":60}\n");
    }

    [Fact]
    public async Task Requests_sent_at_once_on_one_connection_are_answered_in_order()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        await connection.SendAsync(Put("a") + Put("a") + Put("b") + Delete("a") + Health);
        int[] statuses = [201, 202, 410, 204, 200];
        foreach (var status in statuses)
        {
            (await connection.ReadAsync()).Status.ShouldBe(status);
        }
    }

    /// <summary>The server under us wants a length of a PUT in HTTP/1.0.</summary>
    [Theory]
    [InlineData("PUT /v1/nodes/a HTTP/1.0\r\nContent-Length: 0\r\n\r\n", 201)]
    [InlineData("PUT /v1/nodes/a HTTP/1.0\r\n\r\n", 400)]
    [InlineData("DELETE /v1/nodes/a HTTP/1.0\r\n\r\n", 404)]
    public async Task A_client_of_HTTP_1_0_is_answered(string request, int status)
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        (await connection.AskAsync(request)).Status.ShouldBe(status);
        (await connection.ReadToEndAsync()).ShouldBeEmpty();
    }
}
