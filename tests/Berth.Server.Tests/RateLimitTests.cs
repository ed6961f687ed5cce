namespace Berth.Server.Tests;

public sealed class RateLimitTests
{
    [Theory]
    [InlineData("20", 20, 1)]
    [InlineData("1/s", 1, 1)]
    [InlineData("30/m", 30, 60)]
    [InlineData("1000000/h", 1_000_000, 3600)]
    public void Limits_are_read(string text, int count, int seconds)
    {
        var limit = RateLimit.Parse(text).ShouldNotBeNull();
        (limit.Count, limit.Unit, limit.Burst).ShouldBe((count, TimeSpan.FromSeconds(seconds), 2 * count));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5/s")]
    [InlineData("20/d")]
    [InlineData("20/")]
    [InlineData("/s")]
    [InlineData("1000001/s")]
    [InlineData(" 1")]
    public void Other_texts_are_not(string text) => RateLimit.Parse(text).ShouldBeNull();
}
