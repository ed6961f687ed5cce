using System.Globalization;

namespace Berth.Simulation.Runs;

/// <summary>What makes a run: the same spec does the same, step for step.</summary>
/// <param name="Seed">Where everything comes from.</param>
internal sealed record RunSpec(ulong Seed)
{
    /// <summary>The faults of the seed's plan that are left out.</summary>
    public IReadOnlySet<int> WithoutFaults { get; init; } = new SortedSet<int>();

    /// <summary>The nodes and operators of the seed's traffic that are left out.</summary>
    public IReadOnlySet<string> WithoutAskers { get; init; } = new SortedSet<string>(StringComparer.Ordinal);

    /// <summary>The mistake that is built in; null: the product as it is.</summary>
    public string? Mutant { get; init; }

    /// <summary>The arguments that make the same run.</summary>
    public string Arguments
    {
        get
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"--seed {Seed}");
            text += Mutant is null ? string.Empty : $" --mutant {Mutant}";
            text += WithoutFaults.Count == 0 ? string.Empty : $" --without-faults {string.Join(',', WithoutFaults.Order())}";
            return WithoutAskers.Count == 0
                ? text
                : $"{text} --without-askers {string.Join(',', WithoutAskers.Order(StringComparer.Ordinal))}";
        }
    }
}
