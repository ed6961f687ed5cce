using System.Globalization;

namespace Berth.Simulation.Runs;

/// <summary>What the command line asks for.</summary>
internal sealed record Request(RunSpec Spec)
{
    /// <summary>How many runs, of one seed after the other.</summary>
    public ulong Runs { get; init; } = 1;

    /// <summary>How long instead; null: not by time.</summary>
    public double? Minutes { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Every line of what happens is shown.</summary>
    public bool Verbose { get; init; }

    /// <summary>Only what was violated is shown: nothing is made smaller, nothing is run again.</summary>
    public bool Brief { get; init; }

    /// <summary>Only the names of the mutants are asked for.</summary>
    public bool ListsMutants { get; init; }

    /// <summary>Reads the arguments; null: <paramref name="flaw"/> says what is wrong with them.</summary>
    public static Request? Parse(IReadOnlyList<string> args, out string? flaw)
    {
        var request = new Request(new RunSpec(1));
        flaw = null;
        for (var i = 0; i < args.Count && flaw is null; i++)
        {
            request = args[i] switch
            {
                "--mutants" => request with { ListsMutants = true },
                "--verbose" => request with { Verbose = true },
                "--brief" => request with { Brief = true },
                _ when i + 1 == args.Count => Fail($"{args[i]} needs a value, or is not known", out flaw),
                _ => With(request, args[i], args[++i], out flaw),
            };
        }

        return flaw is null ? request : null;
    }

    private static Request With(Request request, string flag, string value, out string? flaw)
    {
        flaw = null;
        switch (flag)
        {
            case "--runs" when ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var runs) && runs > 0:
                return request with { Runs = runs };
            case "--seed" when ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed):
                return request with { Spec = request.Spec with { Seed = seed } };
            case "--minutes" when double.TryParse(value, CultureInfo.InvariantCulture, out var minutes) && minutes is > 0 and < 10_000:
                return request with { Minutes = minutes };
            case "--threads" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var threads) && threads is > 0 and <= 256:
                return request with { Threads = threads };
            case "--mutant":
                return request with { Spec = request.Spec with { Mutant = value } };
            case "--without-faults" when value.Split(',') is var faults && faults.All(fault => int.TryParse(fault, NumberStyles.None, CultureInfo.InvariantCulture, out _)):
                var numbers = faults.Select(fault => int.Parse(fault, CultureInfo.InvariantCulture));
                return request with { Spec = request.Spec with { WithoutFaults = new SortedSet<int>(numbers) } };
            case "--without-askers":
                var names = new SortedSet<string>(value.Split(','), StringComparer.Ordinal);
                return request with { Spec = request.Spec with { WithoutAskers = names } };
            default:
                return Fail($"{flag} {value} is not understood", out flaw);
        }
    }

    private static Request Fail(string what, out string flaw)
    {
        flaw = $"{what}; [--runs N] [--seed FIRST] [--minutes M] [--threads T] [--mutant NAME] [--mutants] [--verbose] [--brief] are";
        return new Request(new RunSpec(1));
    }
}
