using System.Buffers;
using System.Text;
using Berth.Server.Metrics;
using Berth.Testing.Metrics;

namespace Berth.Server.Tests.Metrics;

/// <summary>The text to the byte.</summary>
public sealed class MetricsTextTests
{
    private readonly ArrayBufferWriter<byte> _written = new();

    private string Written => Encoding.UTF8.GetString(_written.WrittenSpan);

    [Fact]
    public void A_family_is_described_and_its_samples_follow()
    {
        var text = new MetricsText(_written);
        text.Counter("berth_x_total", "What x is.");
        text.Sample(3);
        text.Sample(0.25, "a=\"b\"");
        text.Sample(1e300, "a=\"c\"", "d=\"e\"");
        text.Sample(12_345_678_901_234, "", "d=\"e\"");
        Written.ShouldBe("""
            # HELP berth_x_total What x is.
            # TYPE berth_x_total counter
            berth_x_total 3
            berth_x_total{a="b"} 0.25
            berth_x_total{a="c",d="e"} 1E+300
            berth_x_total{d="e"} 12345678901234

            """.ReplaceLineEndings("\n"));
        ScrapedMetrics.Parse(Written).Families.Keys.ShouldBe(["berth_x_total"]);
    }

    [Fact]
    public void Buckets_add_up()
    {
        var text = new MetricsText(_written);
        text.Histogram("berth_x_seconds", "How long.");
        text.Buckets([0.5, 1], [1, 0, 2], 7.5, "a=\"b\"");
        Written.ShouldEndWith("""
            berth_x_seconds_bucket{a="b",le="0.5"} 1
            berth_x_seconds_bucket{a="b",le="1"} 1
            berth_x_seconds_bucket{a="b",le="+Inf"} 3
            berth_x_seconds_sum{a="b"} 7.5
            berth_x_seconds_count{a="b"} 3

            """.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("plain ü", "plain ü")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("a\nb", "a\\nb")]
    [InlineData("\\n", "\\\\n")]
    public void Values_of_labels_are_escaped(string value, string written) => MetricsText.Label("x", value).ShouldBe($"x=\"{written}\"");

    [Theory]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    public void Numbers_without_digits_have_their_words(double value, string written)
    {
        var text = new MetricsText(_written);
        text.Gauge("berth_x", "X.");
        text.Sample(value);
        Written.ShouldEndWith($"berth_x {written}\n");
    }
}
