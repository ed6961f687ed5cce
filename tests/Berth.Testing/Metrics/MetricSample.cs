namespace Berth.Testing.Metrics;

/// <summary>One line with a number.</summary>
/// <param name="Name">Its name, with the suffix that histograms have.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Value">The number.</param>
public sealed record MetricSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>A family of samples.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
/// <param name="Help">What it says of itself.</param>
/// <param name="Samples">Its samples.</param>
public sealed record MetricFamily(string Name, string Type, string Help, List<MetricSample> Samples);
