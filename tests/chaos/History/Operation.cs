namespace Berth.Chaos.History;

/// <summary>What a node asks for.</summary>
internal enum Verb
{
    /// <summary>A claim, or the renewal of one: a PUT.</summary>
    Claim,

    /// <summary>A DELETE.</summary>
    Release,
}

/// <summary>How an operation ended, as its node knows it.</summary>
internal enum Outcome
{
    /// <summary>The node was told that it was done.</summary>
    Ok,

    /// <summary>The node was told no, or that nothing happened, or the request never left it.</summary>
    Refused,

    /// <summary>It may have happened, or may happen yet.</summary>
    Unknown,
}

/// <summary>One request of one node. Times are the harness' own monotonic clock's.</summary>
/// <param name="Pool">Of which pool.</param>
/// <param name="Node">Its fingerprint.</param>
/// <param name="Verb">What it asked for.</param>
/// <param name="Member">Whom it asked.</param>
/// <param name="Sent">Before the request was sent.</param>
/// <param name="Received">After the answer had come, or was given up.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Status">The status of the answer; 0: there was none.</param>
/// <param name="License">The key of the license that the answer handed out.</param>
/// <param name="ExpiresIn">How long the node may stay silent, if it was told.</param>
internal sealed record Operation(
    string Pool,
    string Node,
    Verb Verb,
    string Member,
    TimeSpan Sent,
    TimeSpan Received,
    Outcome Outcome,
    int Status = 0,
    string? License = null,
    TimeSpan ExpiresIn = default)
{
    /// <summary>A seat was newly granted.</summary>
    public bool IsGrant => Outcome == Outcome.Ok && Status == 201;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"{Node} {Verb} {Pool} at {Member}, sent {Sent.TotalSeconds:0.000}, received {Received.TotalSeconds:0.000}: {Outcome} {Status} {License}");
}
