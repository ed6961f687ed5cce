using System.Globalization;
using System.Security.Cryptography;
using Berth.Chaos.Faults;

namespace Berth.Chaos.Runs;

/// <summary>What is asked of a run.</summary>
internal sealed record Request
{
    /// <summary>How many rounds.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Which faults may happen.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = AllFaults.All;

    /// <summary>No fault begins any more after so long.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(55);

    /// <summary>What chance begins with.</summary>
    public int Seed { get; init; } = RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>Each fault once, and times are shown but not judged.</summary>
    public bool IsShort { get; init; }

    /// <summary>The files are kept, whatever came of the run.</summary>
    public bool Keeps { get; init; }

    /// <summary>Reads what is asked; null: it was not understood, and <paramref name="flaw"/> says why.</summary>
    public static Request? Parse(IReadOnlyList<string> args, out string flaw)
    {
        var request = new Request();
        var only = new List<Fault>();
        flaw = string.Empty;
        for (var i = 0; i < args.Count && flaw.Length == 0; i++)
        {
            var flag = args[i];
            if (flag is "--short" or "--keep")
            {
                request = flag == "--short" ? request with { IsShort = true } : request with { Keeps = true };
                continue;
            }

            var value = ++i < args.Count ? args[i] : string.Empty;
            switch (flag)
            {
                case "--rounds" when Number(value) is { } rounds: request = request with { Rounds = rounds }; break;
                case "--seconds" when Number(value) is { } seconds: request = request with { Longest = TimeSpan.FromSeconds(seconds) }; break;
                case "--seed" when Number(value) is { } seed: request = request with { Seed = seed }; break;
                case "--only" when AllFaults.Named(value) is { } fault: only.Add(fault); break;
                case "--only":
                    flaw = $"there is no fault \"{value}\": they are {string.Join(", ", AllFaults.All.Select(fault => fault.Name))}";
                    break;
                default:
                    flaw = $"{flag} {value} was not understood: [--rounds N] [--only FAULT]... [--seconds S] [--seed N] [--short] [--keep]";
                    break;
            }
        }

        return flaw.Length > 0 ? null : only.Count > 0 ? request with { Faults = only } : request;
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
