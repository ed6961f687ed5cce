using System.Text.RegularExpressions;
using Berth.Testing.Metrics;

namespace Berth.Cli.Tests.Metrics;

/// <summary>A query, as far as one needs to read it to know which metrics, labels and values it names.</summary>
internal sealed partial class PromExpression(string text, ScrapedMetrics told)
{
    /// <summary>Labels that the scrape adds.</summary>
    private static readonly string[] _ofTheScrape = ["job", "instance"];

    /// <summary>What it names that no member tells.</summary>
    public IEnumerable<string> Flaws() => Metrics().SelectMany(FlawsOf).Concat(GroupFlaws());

    /// <summary>Every label that its metrics may have.</summary>
    public IReadOnlySet<string> Labels => Metrics().SelectMany(metric => LabelsOf(metric.Name)).Concat(_ofTheScrape).ToHashSet(StringComparer.Ordinal);

    /// <summary>How many metrics it names.</summary>
    public int Count => Metrics().Count();

    private IEnumerable<(string Name, string Matchers)> Metrics() =>
        Metric.Matches(text).Select(match => (match.Groups["name"].Value, match.Groups["matchers"].Value));

    private MetricFamily? FamilyOf(string name) => told.Families.GetValueOrDefault(name) is { Type: not "histogram" } plain
        ? plain
        : told.Families.Values.FirstOrDefault(family => family.Type == "histogram" && (name == family.Name + "_bucket" || name == family.Name + "_sum" || name == family.Name + "_count"));

    private IEnumerable<string> LabelsOf(string name) =>
        FamilyOf(name)?.Samples.Where(sample => sample.Name == name).SelectMany(sample => sample.Labels.Keys).Distinct() ?? [];

    private IEnumerable<string> FlawsOf((string Name, string Matchers) metric)
    {
        if (metric.Name == "up")
        {
            yield break;
        }

        if (FamilyOf(metric.Name) is not { } family)
        {
            yield return $"no member tells {metric.Name}";
            yield break;
        }

        var known = LabelsOf(metric.Name).Concat(_ofTheScrape).ToHashSet(StringComparer.Ordinal);
        foreach (Match matcher in Matcher.Matches(metric.Matchers))
        {
            var (label, value) = (matcher.Groups["label"].Value, matcher.Groups["value"].Value);
            if (!known.Contains(label))
            {
                yield return $"{metric.Name} has no label {label}";
            }

            var values = label is "job" or "instance" or "pool" || value.Contains('$') ? [] : value.Split('|');
            foreach (var word in values.Where(word => family.Samples.All(sample => sample.Labels.GetValueOrDefault(label) != word)))
            {
                yield return $"{metric.Name} never has {label}=\"{word}\"";
            }
        }

        if (metric.Matchers.Length > 0 && Matcher.Replace(metric.Matchers, "").Trim(',', ' ').Length > 0)
        {
            yield return $"{metric.Matchers} cannot be read";
        }
    }

    private IEnumerable<string> GroupFlaws() => Groups.Matches(text)
        .SelectMany(group => group.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        .Where(label => !Labels.Contains(label))
        .Select(label => $"{text} groups by {label}, which nothing in it has");

    [GeneratedRegex(@"\b(?<name>(berth|process|dotnet)_[a-z0-9_]+|up(?=\{))(\{(?<matchers>[^}]*)\})?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Metric { get; }

    [GeneratedRegex(@"(?<label>[a-z_]+)(=|!=|=~|!~)""(?<value>[^""]*)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Matcher { get; }

    [GeneratedRegex(@"\b(by|on|without)\s*\((?<labels>[^)]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Groups { get; }
}
