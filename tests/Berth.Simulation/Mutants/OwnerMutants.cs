namespace Berth.Simulation.Mutants;

/// <summary>Mistakes in how members own shards, hand them on and send each other commands.</summary>
internal static class OwnerMutants
{
    private const string Lease = "src/Berth.Runtime/Ownership/HeldLease.cs";
    private const string Renewal = "src/Berth.Runtime/Ownership/LeaseRenewal.cs";
    private const string Held = "src/Berth.Runtime/Ownership/HeldShards.cs";
    private const string Moves = "src/Berth.Runtime/Ownership/PlannedMoves.cs";
    private const string Inbox = "src/Berth.Runtime/Routing/HopInbox.cs";

    public static readonly Mutant LeaseFromAfterRenewal = new PatchMutant(
        "lease-from-after-renewal",
        "A lease is counted from when its renewal was answered, not from before it was sent.",
        new Patch(Renewal, "parts.Lease.Renewed(sent);", "parts.Lease.Renewed(parts.Lease.Read());"));

    public static readonly Mutant DoubtfulClockIgnored = new PatchMutant(
        "doubtful-clock-ignored",
        "Nobody compares the wall clock with the monotonic one before an answer.",
        new Patch(Lease, "timestamp < standing.EndsAt && !IsDoubtful(standing.Sent, timestamp)", "timestamp < standing.EndsAt"));

    public static readonly Mutant DownIgnored = new PatchMutant(
        "down-ignored",
        "A member that is told that it is down renews on and keeps what it has.",
        new Patch(Renewal, "if (!result.Up)", "if (!result.Up && result.FeatureLevel > 0)"),
        new Patch(Renewal, "        Accept(result, sent);\n", "        parts.Lease.Renewed(sent);\n        if (result.Up)\n        {\n            Accept(result, sent);\n        }\n\n"));

    public static readonly Mutant TakeoverFreesAtOnce = new PatchMutant(
        "takeover-frees-at-once",
        "A new owner decides releases at once, though the former one may still answer.",
        new Patch(
            "src/Berth.Runtime/Pools/ReleaseHold.cs",
            "shard.SettlesAt > 0 && Frees(command)",
            "shard.SettlesAt < 0 && Frees(command)"));

    public static readonly Mutant DrainedOwnerAnswers = new PatchMutant(
        "drained-owner-answers",
        "A shard is handed on without waiting for its last answers, and they are given all the same.",
        new Patch("src/Berth.Runtime/Pools/PoolTurn.cs", "_shared.Lease.MayAnswer && !parts.Shard.IsClosed", "_shared.Lease.MayAnswer"),
        new Patch(Moves, "await parts.Host.DrainAsync(shard, parts.Options.DrainLimit);", "_ = parts.Host.DrainAsync(shard, parts.Options.DrainLimit);"));

    public static readonly Mutant CrossedRenewalBelieved = new PatchMutant(
        "crossed-renewal-believed",
        "What the answer to a renewal names is taken, though it was given up while the renewal was on its way.",
        new Patch(
            Held,
            "if (pair.Epoch.Value <= _givenUp[pair.Shard] || before?.Epoch.Value >= pair.Epoch.Value)",
            "if (before?.Epoch.Value >= pair.Epoch.Value)"));

    public static readonly Mutant AnswersAfterUnknownTransfer = new PatchMutant(
        "answers-after-unknown-transfer",
        "When nobody knows how a transfer ended, the shard is served again under its old epoch meanwhile.",
        new Patch(
            Moves,
            "parts.Log.TransferUnknown(failure, shard.Number, FailureReason.Of(failure));",
            "parts.Log.TransferUnknown(failure, shard.Number, FailureReason.Of(failure));\n                parts.Follow(parts.Shards.TakeBack(shard.Owned));"),
        new Patch(
            Held,
            "    /// <summary>The incarnation has ended, and all that it held with it.</summary>",
            """
                internal (IReadOnlyList<HeldShard> Lost, IReadOnlyList<HeldShard> Taken) TakeBack(OwnedShard pair)
                {
                    _givenUp[pair.Shard] = pair.Epoch.Value - 1;
                    return Take([pair]);
                }

            """));

    public static readonly Mutant UnsettledHandedOnAsSettled = new PatchMutant(
        "unsettled-handed-on-as-settled",
        "A shard whose former owner may still answer is handed on as though none could.",
        new Patch(Moves, "var settled = parts.Time.GetTimestamp() >= shard.SettlesAt;", "var settled = shard.SettlesAt >= 0;"));

    public static readonly Mutant LateForwardedDelete = new PatchMutant(
        "late-forwarded-delete",
        "The owner decides what another member sent however late it comes.",
        new Patch(Inbox, " || NowMs() > request.NotAfterMs)", ")"),
        new Patch(Inbox, "new Delivery(notAfter, callerGone,", "new Delivery(0 * notAfter, callerGone,"));
}
