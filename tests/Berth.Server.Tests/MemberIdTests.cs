namespace Berth.Server.Tests;

public sealed class MemberIdTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(0x19ab_3c4d_5e6f);

    [Fact]
    public void Unless_asked_for_it_names_host_and_start()
    {
        var id = MemberId.Of(null, At);
        id.ShouldEndWith("-19ab3c4d5e6f");
        id.ShouldStartWith(MemberId.HostPart(Environment.MachineName));
        MemberId.Of(id, At).ShouldBe(id);
    }

    [Theory]
    [InlineData("ws-7.example", "ws-7.example")]
    [InlineData("zo\u00eb s\r\nx", "zo--s--x")]
    [InlineData("", "member")]
    [InlineData("0123456789012345678901234567890123456789012345678", "012345678901234567890123456789012345678901234567")]
    public void The_host_is_made_to_fit_a_header(string host, string expected) => MemberId.HostPart(host).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("\u00e9")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void What_cannot_stand_in_a_header_is_refused(string asked) =>
        Should.Throw<ArgumentException>(() => MemberId.Of(asked, At)).Message.ShouldContain("member id");
}
