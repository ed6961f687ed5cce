namespace Berth.Cli.Flags;

/// <summary>What a flag takes.</summary>
internal enum FlagKind
{
    Text,

    /// <summary>Repeatable, and split at commas.</summary>
    List,

    /// <summary>True alone, or <c>=false</c>.</summary>
    Switch,

    /// <summary>How often it was given.</summary>
    Count,

    Duration,
    Number,

    /// <summary>fifo, lifo or rand.</summary>
    Strategy,
}

/// <summary>One setting: its flag, its twins in the environment, and its key in the configuration file, which is the flag's name.</summary>
/// <param name="Name">The flag without its dashes.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="Help">One line for people.</param>
internal sealed record Flag(string Name, FlagKind Kind, string Help)
{
    /// <summary>One letter, or null.</summary>
    public char? Short { get; init; }

    /// <summary>Relay does not know the letter, so error texts do not show it.</summary>
    public bool ShortUnlisted { get; init; }

    /// <summary>Berth's variable; null: none.</summary>
    public string? BerthVariable { get; init; }

    /// <summary>Relay's variables, the first that is set counts.</summary>
    public IReadOnlyList<string> RelayVariables { get; init; } = [];

    /// <summary>Variables that are only looked at under the name <c>relay</c>.</summary>
    public IReadOnlyList<string> BareVariables { get; init; } = [];

    /// <summary>May also stand in a file that a variable with <c>_FILE</c> at its end names; is never shown.</summary>
    public bool Secret { get; init; }

    /// <summary>The configuration file may set it.</summary>
    public bool InFile { get; init; }

    /// <summary>The same, with the variable <c>BERTH_</c> and its name, and a key in the configuration file.</summary>
    public Flag Twinned() => this with { BerthVariable = BerthVariable ?? Variable(), InFile = true };

    /// <summary>Takes no value.</summary>
    public bool IsBare => Kind is FlagKind.Switch or FlagKind.Count;

    /// <summary>How errors name it.</summary>
    public string Shown => Short is { } letter && !ShortUnlisted ? $"-{letter}, --{Name}" : $"--{Name}";

    private string Variable() => "BERTH_" + Name.ToUpperInvariant().Replace('-', '_');
}
