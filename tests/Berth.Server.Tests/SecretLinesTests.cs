using System.Text;

namespace Berth.Server.Tests;

/// <summary>What may stand where a secret is expected.</summary>
public sealed class SecretLinesTests
{
    private const string One = "a secret of 20 bytes";
    private const string Two = "another one, as long";

    [Theory]
    [InlineData(One, 1)]
    [InlineData(One + "\n", 1)]
    [InlineData("\n  " + One + "\r\n\n", 1)]
    [InlineData(One + "\n" + Two, 2)]
    [InlineData(One + "\r\n\r\n\t" + Two + "\n", 2)]
    public void One_or_two_are_read_in_their_order(string text, int count)
    {
        var secrets = Read(text).Select(Encoding.UTF8.GetString).ToList();
        secrets.ShouldBe(new[] { One, Two }.Take(count));
    }

    [Theory]
    [InlineData("", "the cluster's secret has 0 bytes: it needs 16 or more")]
    [InlineData("fifteen bytes..", "the cluster's secret has 15 bytes: it needs 16 or more")]
    [InlineData(One + "\nshort", "line 2 of the cluster's secret has 5 bytes")]
    [InlineData("short\n" + One, "line 1 of the cluster's secret has 5 bytes")]
    [InlineData(One + "\n" + Two + "\n" + Two + Two, "the cluster's secret has 3 lines: write one, or two while the secret is changed")]
    [InlineData(One + "\n" + One, "the cluster's secret has the same line twice")]
    public void What_makes_no_sense_is_refused_and_not_shown(string text, string said)
    {
        var refused = Should.Throw<InvalidDataException>(() => Read(text)).Message;
        refused.ShouldStartWith(said);
        refused.ShouldNotContain("another one");
        refused.ShouldNotContain("a secret of");
    }

    private static IReadOnlyList<byte[]> Read(string text) => SecretLines.Read(Encoding.UTF8.GetBytes(text));
}
