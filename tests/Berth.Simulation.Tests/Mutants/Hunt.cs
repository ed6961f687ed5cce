using System.Globalization;
using System.Text.RegularExpressions;
using Berth.Simulation.Mutants.Building;
using Berth.Simulation.Runs;

namespace Berth.Simulation.Tests.Mutants;

/// <summary>Where a mutant was found.</summary>
/// <param name="Name">The mutant.</param>
/// <param name="Seed">The seed; null: it was not found.</param>
/// <param name="Check">The check that found it.</param>
/// <param name="Took">How long that took, with the build of its patch.</param>
/// <param name="Said">Everything that the simulator wrote.</param>
internal sealed record Found(string Name, ulong? Seed, string? Check, TimeSpan Took, string Said);

/// <summary>Looks for a mutant as its name on the command line does.</summary>
internal sealed partial class Hunt : IDisposable
{
    private readonly PatchedBuild _build = new();

    /// <inheritdoc/>
    public void Dispose() => _build.Dispose();

    /// <summary>Runs one seed, and where that does not find the mutant those from 1 on until one does.</summary>
    public Found For(string name, int first, int seeds) =>
        In(name, first, 1) is { Seed: not null } found ? found : In(name, 1, seeds);

    private Found In(string name, int first, int seeds)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var said = new StringWriter(CultureInfo.InvariantCulture);
        try
        {
            CommandLine.Run(["--mutant", name, "--seed", $"{first}", "--runs", $"{seeds}", "--threads", "1", "--brief"], said, _build);
        }
        catch (Exception failure)
        {
            said.Write(failure);
        }

        var text = said.ToString();
        var took = TimeProvider.System.GetElapsedTime(started);
        return Violation.Match(text) is { Success: true } match
            ? new Found(name, ulong.Parse(match.Groups["seed"].Value, CultureInfo.InvariantCulture), match.Groups["check"].Value, took, text)
            : new Found(name, null, null, took, text);
    }

    [GeneratedRegex("^VIOLATION of (?<check>[A-Za-z]+) in seed (?<seed>[0-9]+) ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Violation { get; }
}
