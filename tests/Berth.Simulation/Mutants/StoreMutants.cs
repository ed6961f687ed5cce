namespace Berth.Simulation.Mutants;

/// <summary>Mistakes in what every store must do: made in those in memory, which the simulated store stands on.</summary>
internal static class StoreMutants
{
    private const string Journal = "src/Berth.Runtime/Journal/MemoryJournal.cs";
    private const string Table = "src/Berth.Runtime/Ownership/MemoryMembershipTable.cs";

    public static readonly Mutant AppendIgnoresEpoch = new PatchMutant(
        "append-ignores-epoch",
        "An append under an epoch that is not the newest is not fenced; the opening counts within an epoch.",
        new Patch(
            Journal,
            "if (!Holds_NeedsLock(pool, epoch, opening, out var kept) || kept.Version != expectedVersion)",
            """
            if (!_pools.TryGetValue(pool.Value, out var kept)
                || (kept.Epoch == epoch && kept.Opening != opening) || kept.Version != expectedVersion)
            """));

    public static readonly Mutant AppendIgnoresOpening = new PatchMutant(
        "append-ignores-opening",
        "An append under an older opening of the same epoch is not fenced.",
        new Patch(
            Journal,
            "if (!Holds_NeedsLock(pool, epoch, opening, out var kept) || kept.Version != expectedVersion)",
            "if (!_pools.TryGetValue(pool.Value, out var kept) || kept.Epoch != epoch || kept.Version != expectedVersion)"));

    public static readonly Mutant AppendIgnoresVersion = new PatchMutant(
        "append-ignores-version",
        "An append that expects another version than is stored is written all the same, with the versions it expects.",
        new Patch(
            Journal,
            "if (!Holds_NeedsLock(pool, epoch, opening, out var kept) || kept.Version != expectedVersion)",
            "if (!_pools.TryGetValue(pool.Value, out var kept) || kept.Epoch.Value > epoch.Value)"));

    public static readonly Mutant OpenIgnoresEpoch = new PatchMutant(
        "open-ignores-epoch",
        "An open under an older epoch is let through.",
        new Patch(Journal, "if (kept.Epoch.Value > epoch.Value)", "if (kept.Epoch.Value < 0)"));

    public static readonly Mutant DeadLeaseRenewed = new PatchMutant(
        "dead-lease-renewed",
        "The table renews an incarnation that has ended.",
        new Patch(Table, "_members.Renew(member) is { } counter", "(_members.Renew(member) ?? _members.Find(member)?.Counter) is { } counter"));

    public static readonly Mutant AcquireIgnoresCounter = new PatchMutant(
        "acquire-ignores-counter",
        "The table gives a member's shards away though the member has renewed since it was seen.",
        new Patch(Table, "&& former.Counter != from!.Value.Counter)", "&& former.Counter < 0)"));
}
