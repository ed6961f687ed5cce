using System.Text;
using Berth.Chaos.History;
using Berth.Chaos.Nodes;

namespace Berth.Chaos.Tests.Nodes;

/// <summary>What a node knows by the bytes that came.</summary>
public sealed class EdgeAnswerTests
{
    private const string Body = "{\"license_file\":\"AAAA\",\"license_key\":\"KEY-1\",\"expires_at\":1800000000,\"expires_in\":30}\n";

    [Fact]
    public void A_grant_names_its_license_and_its_time()
    {
        var answer = Read($"HTTP/1.1 201 Created\r\nContent-Length: {Body.Length}\r\nDate: now\r\n\r\n{Body}").ShouldNotBeNull();
        (answer.Outcome, answer.Status, answer.License, answer.ExpiresIn).ShouldBe((Outcome.Ok, 201, "KEY-1", TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void An_answer_is_read_once_it_is_whole()
    {
        var whole = $"HTTP/1.1 202 Accepted\r\ncontent-length: {Body.Length}\r\n\r\n{Body}";
        for (var length = 0; length < whole.Length; length++)
        {
            Read(whole[..length]).ShouldBeNull();
        }

        Read(whole).ShouldNotBeNull().License.ShouldBe("KEY-1");
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", Outcome.Ok)]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", Outcome.Refused)]
    [InlineData("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", Outcome.Refused)]
    [InlineData("HTTP/1.1 503 X\r\nContent-Length: 32\r\n\r\n{\"error\":\"service unavailable\"}\n\n", Outcome.Refused)]
    [InlineData("HTTP/1.1 503 X\r\nContent-Length: 28\r\n\r\n{\"error\":\"outcome unknown\"}\n\n", Outcome.Unknown)]
    internal void An_answer_is_a_yes_a_no_or_neither(string bytes, Outcome outcome) => Read(bytes).ShouldNotBeNull().Outcome.ShouldBe(outcome);

    [Fact]
    public void What_was_never_sent_is_refused_and_what_may_have_been_is_not_known()
    {
        EdgeAnswer.NotSent.Outcome.ShouldBe(Outcome.Refused);
        EdgeAnswer.Lost.Outcome.ShouldBe(Outcome.Unknown);
    }

    private static EdgeAnswer? Read(string bytes) => EdgeAnswer.Read(Encoding.ASCII.GetBytes(bytes));
}
