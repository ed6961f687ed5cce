namespace Berth.Cli;

/// <summary>How a verb ended, called <c>berth</c>. Called <c>relay</c>, only 0 and 1 are used.</summary>
internal enum ExitCode
{
    Done = 0,
    Failed = 1,
    Usage = 2,
    NotFound = 3,
    Refused = 4,
    Unreachable = 5,
    Expired = 6,
    Conflict = 7,
}

/// <summary>A verb cannot go on. The text is for the operator and holds no secret.</summary>
internal sealed class CommandFailedException(string text, ExitCode code, bool atStart = false) : Exception(text)
{
    public ExitCode Code { get; } = code;

    /// <summary>It failed before it began: the flags, the store. Relay exits 1 for these and 0 for all others.</summary>
    public bool AtStart { get; } = atStart;

    /// <summary>The command line, the environment or the configuration file make no sense.</summary>
    public static CommandFailedException Usage(string text) => new(text, ExitCode.Usage, atStart: true);
}
