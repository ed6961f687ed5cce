using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.Testing.Metrics;

/// <summary>
/// What a member tells, read as strictly as anybody might read it: whatever Prometheus' text format 0.0.4 or its conventions do not
/// allow is an exception that names the line.
/// </summary>
public sealed partial class ScrapedMetrics
{
    private static readonly string[] _otherUnits = ["_ms", "_milliseconds", "_minutes", "_hours", "_kb", "_mb", "_mib", "_percent"];

    private readonly Dictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly HashSet<string> _series = new(StringComparer.Ordinal);
    private MetricFamily? _family;

    private ScrapedMetrics(string text)
    {
        text.ShouldEndWith("\n");
        text.ShouldNotContain("\r");
        string? help = null;
        foreach (var line in text[..^1].Split('\n'))
        {
            help = line.StartsWith('#') ? ReadComment(line, help) : ReadSample(line, help);
        }

        help.ShouldBeNull("a HELP without a TYPE");
        foreach (var family in _families.Values.Where(family => family.Type == "histogram"))
        {
            CheckHistogram(family);
        }
    }

    /// <summary>The families by name.</summary>
    public IReadOnlyDictionary<string, MetricFamily> Families => _families;

    /// <summary>All samples.</summary>
    public IEnumerable<MetricSample> Samples => _families.Values.SelectMany(family => family.Samples);

    /// <summary>Reads a scrape.</summary>
    public static ScrapedMetrics Parse(string text) => new(text);

    /// <summary>The one sample of this name that has these labels, others apart.</summary>
    public double this[string name, params (string Label, string Value)[] labels] => Samples
        .Where(sample => sample.Name == name && labels.All(label => sample.Labels.GetValueOrDefault(label.Label) == label.Value))
        .ShouldHaveSingleItem($"{name} {string.Join(',', labels)}").Value;

    /// <summary>All samples of this name with these labels, added up.</summary>
    public double Sum(string name, params (string Label, string Value)[] labels) => Samples
        .Where(sample => sample.Name == name && labels.All(label => sample.Labels.GetValueOrDefault(label.Label) == label.Value))
        .Sum(sample => sample.Value);

    private string? ReadComment(string line, string? help)
    {
        if (Help.Match(line) is { Success: true } described)
        {
            help.ShouldBeNull(line);
            return described.Groups["name"].Value + " " + described.Groups["help"].Value;
        }

        var typed = Type.Match(line);
        typed.Success.ShouldBeTrue($"neither HELP nor TYPE: {line}");
        var name = typed.Groups["name"].Value;
        var type = typed.Groups["type"].Value;
        help.ShouldNotBeNull($"no HELP before {line}").ShouldStartWith(name + " ");
        CheckName(name, type);
        _family = new MetricFamily(name, type, help[(name.Length + 1)..], []);
        _families.TryAdd(name, _family).ShouldBeTrue($"a second TYPE: {line}");
        return null;
    }

    private static void CheckName(string name, string type)
    {
        name.EndsWith("_total", StringComparison.Ordinal).ShouldBe(type == "counter", $"{name} is a {type}");
        _otherUnits.Where(unit => $"{name}_".Contains(unit + "_", StringComparison.Ordinal)).ShouldBeEmpty(name);
        if (type == "histogram")
        {
            name.ShouldEndWith("_seconds");
        }
    }

    private string? ReadSample(string line, string? help)
    {
        help.ShouldBeNull(line);
        var read = Sample.Match(line);
        read.Success.ShouldBeTrue($"no sample: {line}");
        _family.ShouldNotBeNull(line);
        var name = read.Groups["name"].Value;
        var suffixes = _family.Type == "histogram" ? new[] { "_bucket", "_sum", "_count" } : [""];
        suffixes.ShouldContain(suffix => name == _family.Name + suffix, $"outside of its family: {line}");
        var labels = LabelsOf(read.Groups["labels"].Value, line);
        _series.Add(name + "{" + string.Join(',', labels.OrderBy(label => label.Key, StringComparer.Ordinal)) + "}").ShouldBeTrue($"a second time: {line}");
        var value = ValueOf(read.Groups["value"].Value);
        if (_family.Type != "gauge")
        {
            (value >= 0).ShouldBeTrue(line);
        }

        _family.Samples.Add(new MetricSample(name, labels, value));
        return null;
    }

    private static Dictionary<string, string> LabelsOf(string text, string line)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = 0;
        while (at < text.Length)
        {
            var next = OneLabel.Match(text, at);
            (next.Success && next.Index == at).ShouldBeTrue($"labels: {line}");
            labels.TryAdd(next.Groups["name"].Value, Unescaped(next.Groups["value"].Value)).ShouldBeTrue($"a label twice: {line}");
            at += next.Length;
        }

        return labels;
    }

    private static string Unescaped(string value) => Escape.Replace(value, escape => escape.Value[1] == 'n' ? "\n" : escape.Value[1..]);

    private static double ValueOf(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private static void CheckHistogram(MetricFamily family)
    {
        var series = family.Samples.GroupBy(sample => string.Join(',', sample.Labels.Where(label => label.Key != "le").OrderBy(label => label.Key, StringComparer.Ordinal)));
        foreach (var one in series)
        {
            var buckets = one.Where(sample => sample.Name.EndsWith("_bucket", StringComparison.Ordinal)).ToList();
            var bounds = buckets.ConvertAll(bucket => ValueOf(bucket.Labels["le"]));
            bounds.ShouldBeInOrder($"{family.Name} {one.Key}");
            bounds.ShouldBeUnique();
            bounds[^1].ShouldBe(double.PositiveInfinity);
            var counts = buckets.ConvertAll(bucket => bucket.Value);
            counts.ShouldBeInOrder($"{family.Name} {one.Key}");
            one.Single(sample => sample.Name == family.Name + "_count").Value.ShouldBe(counts[^1]);
            one.Count(sample => sample.Name == family.Name + "_sum").ShouldBe(1);
        }
    }

    [GeneratedRegex(@"^# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<help>\S.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Help { get; }

    [GeneratedRegex(@"^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Type { get; }

    [GeneratedRegex(@"^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.+)\})? (?<value>\+Inf|-Inf|NaN|-?\d+(\.\d+)?(E[+-]\d+)?)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sample { get; }

    [GeneratedRegex(@"(?<name>[a-zA-Z_][a-zA-Z0-9_]*)=""(?<value>([^""\\\n]|\\[\\n""])*)""(,(?=[a-zA-Z_])|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OneLabel { get; }

    [GeneratedRegex(@"\\.", RegexOptions.None, 1000)]
    private static partial Regex Escape { get; }
}
