namespace Berth.Cli;

/// <summary>What a verb sees of the process around it.</summary>
internal sealed record Shell
{
    /// <summary><c>berth</c>, <c>pbm</c> or <c>relay</c>.</summary>
    public required string Name { get; init; }

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Where a person types answers; null: nobody is there to be asked.</summary>
    public TextReader? In { get; init; }

    public required Func<string, string?> Environment { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Cancelled by SIGINT and SIGTERM.</summary>
    public CancellationToken Stop { get; init; }

    public bool IsRelay => string.Equals(Name, CommandName.Relay, StringComparison.Ordinal);

    public bool IsPbm => string.Equals(Name, CommandName.Pbm, StringComparison.Ordinal);

    /// <summary>A line that something was done: green where people look.</summary>
    public void Say(string text) => Out.WriteLine(OutIsTerminal && !Plain ? $"\u001b[1;32m{text}\u001b[0m" : text);

    /// <summary>Says why a verb failed, in the form that scripts know, and returns what to exit with.</summary>
    public int Fail(CommandFailedException failure)
    {
        // Relay tells its two kinds of failure apart by one letter, and its scripts may.
        var word = IsRelay && !failure.AtStart ? "error" : "Error";
        Error.WriteLine(ErrorIsTerminal && !Plain && !(IsRelay && failure.AtStart) ? $"\u001b[1;31m{word}\u001b[0m: {failure.Message}" : $"{word}: {failure.Message}");
        return IsRelay ? failure.AtStart ? 1 : 0 : (int)failure.Code;
    }

    private bool Plain => !string.IsNullOrEmpty(Environment("NO_COLOR"));
}
