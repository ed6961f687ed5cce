using System.Security.Cryptography;
using System.Text;

namespace Berth.Protocol.Tests;

public sealed class ManagementTokenTests
{
    [Fact]
    public void A_token_has_256_random_bits_and_its_line_does_not_show_it()
    {
        var token = ManagementToken.New();
        token.ShouldMatch("^berth_[A-Za-z0-9_-]{43}$");
        ManagementToken.New().ShouldNotBe(token);
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        ManagementToken.Line(ManagementRole.Operator, "alice", token).ShouldBe($"operator alice sha256:{digest}");
    }

    [Theory]
    [InlineData("alice", true)]
    [InlineData("ci-2.site_a@x", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a\nb", false)]
    [InlineData("größer", false)]
    public void Names_are_plain(string name, bool valid) => ManagementToken.IsValidName(name).ShouldBe(valid);
}
