using System.Text;
using Berth.Protocol;
using Berth.Server.Management;

namespace Berth.Server.Tests.Management;

public sealed class TokenTableTests
{
    private static readonly string _digest = new('a', 64);

    [Fact]
    public void Tokens_are_found_by_what_they_are()
    {
        var (one, two) = (ManagementToken.New(), ManagementToken.New());
        var table = Parse($"# of the site\n\n{ManagementToken.Line(ManagementRole.Viewer, "v", one)}\r\n\tadmin  a {ManagementToken.Line(ManagementRole.Admin, "a", two).Split(' ')[2]} ");
        table.Find(one).ShouldBe(new TokenBearer(ManagementRole.Viewer, "v"));
        table.Find(two).ShouldBe(new TokenBearer(ManagementRole.Admin, "a"));
        table.Find(one + " ").ShouldBeNull();
        table.Find(string.Empty).ShouldBeNull();
        table.Find(new string('x', 10_000)).ShouldBeNull();
        Parse(string.Empty).Find(one).ShouldBeNull();
    }

    [Theory]
    [InlineData("root a sha256:D")]
    [InlineData("Admin a sha256:D")]
    [InlineData("admin sha256:D")]
    [InlineData("admin a D")]
    [InlineData("admin a b sha256:D")]
    [InlineData("admin a sha256:D0")]
    [InlineData("admin a sha256:")]
    [InlineData("admin ä sha256:D")]
    [InlineData("admin a sha256:zz")]
    public void A_line_that_makes_no_sense_is_named_and_not_shown(string line)
    {
        var message = Should.Throw<InvalidDataException>(() => Parse($"\n{line.Replace("D", _digest, StringComparison.Ordinal)}\n")).Message;
        message.ShouldStartWith("tokens:2: write role, name and sha256:HEX");
        message.ShouldNotContain(_digest);
    }

    [Fact]
    public void A_name_stands_for_one_token() => Should.Throw<InvalidDataException>(() => Parse($"admin a sha256:{_digest}\nviewer a sha256:{_digest}"))
        .Message.ShouldBe("tokens:2: another token has this name already");

    [Fact]
    public void The_number_of_tokens_is_limited()
    {
        var lines = Enumerable.Range(0, 1001).Select(i => $"viewer v{i} sha256:{_digest}");
        Should.Throw<InvalidDataException>(() => Parse(string.Join('\n', lines))).Message.ShouldBe("tokens has more than 1000 tokens");
    }

    private static TokenTable Parse(string text) => TokenTable.Parse("tokens", Encoding.UTF8.GetBytes(text));
}
