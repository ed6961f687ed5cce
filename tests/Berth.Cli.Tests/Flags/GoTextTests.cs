using Berth.Cli.Flags;

namespace Berth.Cli.Tests.Flags;

public sealed class GoTextTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("a,b", "a|b")]
    [InlineData("\"a,b\",c", "a,b|c")]
    [InlineData("\"a\"\"b\"", "a\"b")]
    [InlineData("a,", "a|")]
    public void Lists_are_split_at_commas_outside_quotes(string line, string values)
    {
        var split = new List<string>();
        GoText.TrySplit(line, split).ShouldBeTrue();
        string.Join('|', split).ShouldBe(values);
    }

    [Theory]
    [InlineData("\"a")]
    [InlineData("\"a\"b")]
    public void Quotes_must_match(string line) => GoText.TrySplit(line, []).ShouldBeFalse();

    [Fact]
    public void Quoting_hides_what_steers_a_terminal() => GoText.Quote("a\"\\\n\u001b").ShouldBe("\"a\\\"\\\\\\n\\x1b\"");
}
