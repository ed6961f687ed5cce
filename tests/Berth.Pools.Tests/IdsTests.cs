namespace Berth.Pools.Tests;

public sealed class IdsTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData(" ", true)]
    [InlineData("knoten-ä-😀", true)]
    [InlineData("", false)]
    [InlineData("a\0", false)]
    [InlineData("a\n", false)]
    [InlineData("\u0085", false)]
    [InlineData("a\ud800", false)]
    public void A_fingerprint_is_utf8_without_control_characters(string text, bool valid) => Fingerprint.IsValid(text).ShouldBe(valid);

    [Theory]
    [InlineData("x", 512, true)]
    [InlineData("x", 513, false)]
    [InlineData("ä", 256, true)]
    [InlineData("ä", 257, false)]
    [InlineData("😀", 128, true)]
    [InlineData("😀", 129, false)]
    public void A_fingerprint_is_measured_in_bytes(string letter, int times, bool valid) =>
        Fingerprint.IsValid(string.Concat(Enumerable.Repeat(letter, times))).ShouldBe(valid);

    [Fact]
    public void No_pool_but_the_global_one_is_called_minus()
    {
        PoolName.IsValid("-").ShouldBeFalse();
        PoolName.IsValid("--").ShouldBeTrue();
        PoolName.IsValid(new string('x', 129)).ShouldBeFalse();
        PoolName.Global.IsGlobal.ShouldBeTrue();
        new PoolName("cad").IsGlobal.ShouldBeFalse();
    }
}
