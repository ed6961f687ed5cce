namespace Berth.Benchmarks;

/// <summary>A run that cannot go on, said in words for whoever started it.</summary>
internal sealed class BenchException(string message) : Exception(message);
