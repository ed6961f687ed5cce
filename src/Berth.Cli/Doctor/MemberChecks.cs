namespace Berth.Cli.Doctor;

/// <summary>Who listens on a port.</summary>
internal enum PortState
{
    Free,
    Berth,
    Other,
}

/// <summary>What is known of a running member.</summary>
internal sealed record MemberProbe
{
    /// <summary>The process that the lock file names as serving; null: none.</summary>
    public int? Holder { get; init; }

    /// <summary>Whether the lock is really held: a killed member leaves its name.</summary>
    public bool Answers { get; init; }

    /// <summary>The port of the member that answers; 0: not known.</summary>
    public int ServedPort { get; init; }

    public required int EdgePort { get; init; }

    public required PortState Edge { get; init; }
}

/// <summary>Checks of a running member, and of the port it would take.</summary>
internal static class MemberChecks
{
    public static IEnumerable<Finding> Of(MemberProbe member)
    {
        yield return member switch
        {
            { Holder: null } => Finding.Ok(CheckNames.Member, "none serves this database"),
            { Answers: true } => Finding.Ok(CheckNames.Member, $"process {member.Holder} serves, and its socket answers"),
            _ => Finding.Warn(
                CheckNames.Member,
                $"the lock names process {member.Holder}, and nobody answers on its socket",
                "it was killed, or hangs: start it again; look at its log"),
        };
        yield return Port(member);
    }

    private static Finding Port(MemberProbe member) => member switch
    {
        { EdgePort: 0 } => Finding.Ok(CheckNames.EdgePort, "any that is free"),
        { Edge: PortState.Free, Answers: true } when member.ServedPort == member.EdgePort => Finding.Fail(
            CheckNames.EdgePort, $"the member serves port {member.EdgePort}, and nobody answers there", "look at its --bind, and at its log"),
        { Edge: PortState.Free } => Finding.Ok(CheckNames.EdgePort, $"{member.EdgePort} is free"),
        { Edge: PortState.Berth, Answers: true } => Finding.Ok(CheckNames.EdgePort, $"{member.EdgePort} answers"),
        { Edge: PortState.Berth } => Finding.Warn(
            CheckNames.EdgePort, $"a member of another database answers on {member.EdgePort}", "choose another with --port, or end that member"),
        _ => Finding.Fail(CheckNames.EdgePort, $"{member.EdgePort} belongs to another program", "choose another with --port, or end that program"),
    };
}
