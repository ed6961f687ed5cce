using System.Buffers;
using System.Globalization;
using System.Text;
using Berth.Runtime.Metrics;

namespace Berth.Server.Metrics;

/// <summary>
/// Writes Prometheus' text format, version 0.0.4: each family is begun once, and its samples follow it. Labels come ready,
/// made by <see cref="Label"/>.
/// </summary>
internal sealed class MetricsText(IBufferWriter<byte> to)
{
    /// <summary>What the text is, for <c>Content-Type</c>.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private string _family = string.Empty;

    /// <summary>A label with its value, in which backslashes, quotes and line feeds are escaped.</summary>
    public static string Label(string name, string value) => value.AsSpan().IndexOfAny('\\', '"', '\n') < 0
        ? $"{name}=\"{value}\""
        : $"{name}=\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    /// <summary>Begins a number that only grows. Its name ends in <c>_total</c>.</summary>
    public void Counter(string name, string help) => Family(name, "counter", help);

    /// <summary>Begins a number that grows and shrinks.</summary>
    public void Gauge(string name, string help) => Family(name, "gauge", help);

    /// <summary>Begins a histogram.</summary>
    public void Histogram(string name, string help) => Family(name, "histogram", help);

    /// <summary>A sample of the family, with up to two lists of labels.</summary>
    public void Sample(double value, string labels = "", string more = "") => Line(string.Empty, labels, more, value);

    /// <summary>The samples of a histogram: counts of each bucket, the last without a bound, and the sum of what was counted.</summary>
    public void Buckets(IReadOnlyList<double> bounds, ReadOnlySpan<long> counts, double sum, string labels = "")
    {
        var upTo = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            upTo += counts[i];
            Line("_bucket", labels, Label("le", i < bounds.Count ? Text(bounds[i]) : "+Inf"), upTo);
        }

        Line("_sum", labels, string.Empty, sum);
        Line("_count", labels, string.Empty, upTo);
    }

    /// <summary>The samples of a histogram.</summary>
    public void Of(Histogram histogram, string labels = "")
    {
        var (counts, sum) = histogram.Read();
        Buckets(histogram.Bounds, counts, sum, labels);
    }

    private static string Text(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString(CultureInfo.InvariantCulture);

    private void Family(string name, string type, string help)
    {
        _family = name;
        Write("# HELP ");
        Write(name);
        Write(" ");
        Write(help);
        Write("\n# TYPE ");
        Write(name);
        Write(" ");
        Write(type);
        Write("\n");
    }

    private void Line(string suffix, string labels, string more, double value)
    {
        Write(_family);
        Write(suffix);
        if (labels.Length + more.Length > 0)
        {
            Write("{");
            Write(labels);
            Write(labels.Length > 0 && more.Length > 0 ? "," : string.Empty);
            Write(more);
            Write("}");
        }

        Write(" ");
        Write(value);
        Write("\n");
    }

    private void Write(string text)
    {
        if (text.Length > 0)
        {
            to.Advance(Encoding.UTF8.GetBytes(text, to.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
        }
    }

    private void Write(double value)
    {
        const int LongestNumber = 32;
        if (double.IsFinite(value) && value.TryFormat(to.GetSpan(LongestNumber), out var length, default, CultureInfo.InvariantCulture))
        {
            to.Advance(length);
        }
        else
        {
            Write(Text(value));
        }
    }
}
