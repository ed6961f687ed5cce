using Berth.Simulation.Cluster;

namespace Berth.Simulation.Mutants;

/// <summary>A mistake that the checks must be able to find. The product knows nothing of it.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="What">The mistake, in a sentence.</param>
internal abstract record Mutant(string Name, string What);

/// <summary>A mistake between a member's process and what it talks to.</summary>
/// <param name="Name">As in <see cref="Mutant"/>.</param>
/// <param name="What">As in <see cref="Mutant"/>.</param>
/// <param name="Over">The setting of a run with the mistake in it.</param>
internal sealed record SeamMutant(string Name, string What, Func<ClusterSetting, ClusterSetting> Over) : Mutant(Name, What);

/// <summary>A mistake in the product's own code: in a copy of its sources, which is built apart.</summary>
/// <param name="Name">As in <see cref="Mutant"/>.</param>
/// <param name="What">As in <see cref="Mutant"/>.</param>
/// <param name="Patches">What is replaced, in this order.</param>
internal sealed record PatchMutant(string Name, string What, params IReadOnlyList<Patch> Patches) : Mutant(Name, What);

/// <summary>A piece of a source that is replaced.</summary>
/// <param name="File">The source, from the root of the repository.</param>
/// <param name="Old">What stands there, exactly once.</param>
/// <param name="New">What stands there instead.</param>
internal sealed record Patch(string File, string Old, string New)
{
    /// <summary>The folder of the project that the source belongs to.</summary>
    public string Project => string.Join('/', File.Split('/')[..2]);

    /// <summary>The source with the mistake in it. Throws where the old text is not there, or more than once: then the patch is out of date.</summary>
    public string In(string source)
    {
        var at = source.IndexOf(Old, StringComparison.Ordinal);
        var last = source.LastIndexOf(Old, StringComparison.Ordinal);
        return at >= 0 && at == last
            ? string.Concat(source.AsSpan(0, at), New, source.AsSpan(at + Old.Length))
            : throw new InvalidOperationException($"{File} has {(at < 0 ? "no" : "more than one")} place for a patch: {Old}");
    }
}
