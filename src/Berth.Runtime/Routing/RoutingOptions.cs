namespace Berth.Runtime.Routing;

/// <summary>How long a command may look for the owner of its pool.</summary>
public sealed record RoutingOptions
{
    /// <summary>How long a command waits for an owner that is not known, or that has no lease at the moment: 2 s.</summary>
    public TimeSpan HoldLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What <see cref="DecideLimitOf"/> adds to the waits it covers: 3 s.</summary>
    public TimeSpan DecideSlack { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How much longer than that the answer of another member is waited for: 7 s. Then the outcome is unknown.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>How other members are reached: <c>http</c>, or <c>https</c> where the wire speaks TLS.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>Commands that may wait for an owner at once; more are answered <see cref="Berth.Pools.Busy"/>: 4,096.</summary>
    public int MaxHeld { get; init; } = 4_096;

    /// <summary>
    /// The time within which a command that was held or sent on must be decided, from when it came in. Later it is dropped undecided,
    /// wherever it is. It covers <see cref="HoldLimit"/> and the wait of a release after a takeover, which is as long as the lease: 8 s in
    /// a cluster with a lease of 3 s.
    /// </summary>
    public TimeSpan DecideLimitOf(TimeSpan lease) => HoldLimit + lease + DecideSlack;
}
