using Berth.Cli.Flags;

namespace Berth.Cli.Verbs;

/// <summary>One thing that the program does.</summary>
/// <param name="Name">Its words, such as <c>pools ls</c>.</param>
/// <param name="Arguments">What it takes besides flags, for its help.</param>
/// <param name="Help">One line for people.</param>
/// <param name="Flags">Its own flags.</param>
/// <param name="RunAsync">Does it.</param>
internal sealed record Verb(string Name, string Arguments, string Help, IReadOnlyList<Flag> Flags, Func<Call, Task<ExitCode>> RunAsync)
{
    /// <summary>The families of verbs that operators of a cluster need: the program called <c>pbm</c> has them.</summary>
    private static readonly string[] _operators = ["cluster", "shards", "pools", "claims", "log"];

    /// <summary>
    /// The program called <c>pbm</c> has it too. So it is with the families of operators, unless a verb says otherwise of itself.
    /// </summary>
    public bool ForOperators { get; init; } = _operators.Contains(Name.Split(' ')[0]);

    /// <summary>Relay refuses a call without these; Berth has other ways to name the same.</summary>
    public IReadOnlyList<Flag> RelayRequires { get; init; } = [];

    /// <summary>Its own flags and those of every verb.</summary>
    public IReadOnlyList<Flag> AllFlags => [.. Flags, .. GlobalFlags.All];
}

/// <summary>A verb, called.</summary>
internal sealed record Call(Shell Shell, Settings Settings, IReadOnlyList<string> Words)
{
    /// <summary>Whether machines read the output.</summary>
    public bool Json => Settings.Switch(GlobalFlags.Json) == true;

    /// <summary>Whether tables are to be as Relay prints them.</summary>
    public bool Plain => !Shell.OutIsTerminal || Settings.Switch(GlobalFlags.Plain) == true;

    /// <summary>The one word that is needed, whether given bare or by a flag.</summary>
    public string Only(Flag flag, string what) => (Settings.Text(flag), Words) switch
    {
        (null, [var word]) => word,
        ({ } text, []) => text,
        ({ } text, _) when Shell.IsRelay => text,
        (null, []) => throw CommandFailedException.Usage($"{what} is missing"),
        _ => throw CommandFailedException.Usage($"one {what}, not several"),
    };

    /// <summary>Refuses words where none are taken. Relay does not mind them.</summary>
    public void TakeNoWords()
    {
        if (Words.Count > 0 && !Shell.IsRelay)
        {
            throw CommandFailedException.Usage($"unexpected argument {GoText.Quote(Words[0])}");
        }
    }
}
