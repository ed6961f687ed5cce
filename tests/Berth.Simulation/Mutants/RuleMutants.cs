namespace Berth.Simulation.Mutants;

/// <summary>Mistakes in the rules about claims and their deadlines.</summary>
internal static class RuleMutants
{
    private const string Rules = "src/Berth.Pools/Pool.cs";
    private const string State = "src/Berth.Pools/PoolState.cs";

    public static readonly Mutant TakeoverWithoutLongestTtl = new PatchMutant(
        "takeover-without-longest-ttl",
        "After a takeover claims are kept for the former lease alone.",
        new Patch(Rules, "nowMs + state.LongestTtlMs + formerLeaseMs + GraceMs", "nowMs + formerLeaseMs + GraceMs"));

    public static readonly Mutant TakeoverWithNewestTtl = new PatchMutant(
        "takeover-with-newest-ttl",
        "After a takeover claims are kept for the ttl that was told last, not for the longest.",
        new Patch(
            Rules,
            "nowMs + state.LongestTtlMs + formerLeaseMs + GraceMs",
            "nowMs + (state.Adopted?.TtlMs ?? 0) + formerLeaseMs + GraceMs"));

    public static readonly Mutant RecoveredDeadlineWithoutLease = new PatchMutant(
        "recovered-deadline-without-lease",
        "After a takeover claims are kept for the longest ttl, and not for the former lease besides.",
        new Patch(Rules, "nowMs + state.LongestTtlMs + formerLeaseMs + GraceMs", "nowMs + state.LongestTtlMs + GraceMs"));

    public static readonly Mutant PolicyChangeForgotten = new PatchMutant(
        "policy-change-forgotten",
        "A longer ttl that a renewal tells does not raise the longest that was told.",
        new Patch(
            State,
            "SetLongestTtl(Math.Max(_claims.Count == 0 ? 0 : LongestTtlMs, policy.TtlMs));",
            "SetLongestTtl(_claims.Count == 0 ? policy.TtlMs : LongestTtlMs);"));

    public static readonly Mutant RenewalShortensDeadline = new PatchMutant(
        "renewal-shortens-deadline",
        "A renewal under a shorter ttl makes a claim's deadline earlier.",
        new Patch(
            State,
            """
                    if (deadlineMs > claim.DeadlineMs)
                    {
                        claim.DeadlineMs = deadlineMs;
                        _deadlines.Raised(claim);
                    }
            """,
            """
                    _deadlines.Remove(claim);
                    claim.DeadlineMs = deadlineMs;
                    _deadlines.Add(claim);
            """));

    public static readonly Mutant ExpiryNotJournaled = new PatchMutant(
        "expiry-not-journaled",
        "A claim past its deadline ends in memory alone.",
        new Patch(
            Rules,
            "events.Add(new ClaimExpired(due.Node, due.License.Id, due.Number, stamp));",
            "state.EndClaim(due, stamp.WallMs);"),
        new Patch(Rules, "if (events.Count == before)", "if (events.Count == before && state.FreeSeatCount == 0)"),
        new Patch(
            Rules,
            "                Evolve(state, events[^1]);\n",
            "                if (events.Count > before)\n                {\n                    Evolve(state, events[^1]);\n                }\n"));

    public static readonly Mutant ClockInEvolve = new PatchMutant(
        "clock-in-evolve",
        "A grant's deadline is counted from what a clock shows when its event is applied.",
        new Patch(
            Rules,
            "state.AddClaim(claim, at + granted.ToldTtlMs + GraceMs, granted.ToldTtlMs);",
            "state.AddClaim(claim, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + granted.ToldTtlMs + GraceMs, granted.ToldTtlMs);"));
}
