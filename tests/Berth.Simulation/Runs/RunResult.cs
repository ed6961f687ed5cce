using Berth.Simulation.Cluster;

namespace Berth.Simulation.Runs;

/// <summary>How a run ended.</summary>
/// <param name="Spec">Which run.</param>
/// <param name="Violation">What did not hold; null: everything did.</param>
/// <param name="Stack">Where an exception escaped.</param>
/// <param name="Digest">Stands for everything that happened.</param>
/// <param name="Steps">How much happened.</param>
/// <param name="Requests">What nodes and operators asked.</param>
/// <param name="Faults">The lines of the faults that were in it.</param>
/// <param name="Askers">Who asked.</param>
internal sealed record RunResult(
    RunSpec Spec,
    Violation? Violation,
    string? Stack,
    ulong Digest,
    long Steps,
    long Requests,
    IReadOnlyList<string> Faults,
    IReadOnlyList<string> Askers);
