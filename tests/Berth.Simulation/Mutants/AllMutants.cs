namespace Berth.Simulation.Mutants;

/// <summary>Every mistake that the checks are tried on.</summary>
internal static class AllMutants
{
    /// <summary>In a fixed order: what the store may get wrong, what an actor, what an owner, what the rules.</summary>
    public static IReadOnlyList<Mutant> All { get; } =
    [
        StoreMutants.AppendIgnoresEpoch,
        StoreMutants.AppendIgnoresOpening,
        StoreMutants.AppendIgnoresVersion,
        StoreMutants.OpenIgnoresEpoch,
        SeamMutants.OpenReadsBeforeFence,
        SeamMutants.FencedAsNotWritten,
        StoreMutants.DeadLeaseRenewed,
        StoreMutants.AcquireIgnoresCounter,
        ActorMutants.AnswerBeforePersisting,
        ActorMutants.CarryOnAfterUnknownAppend,
        ActorMutants.ForgetUnknownAppend,
        ActorMutants.GrantAfterLease,
        ActorMutants.SnapshotOneEventOld,
        OwnerMutants.LeaseFromAfterRenewal,
        OwnerMutants.DoubtfulClockIgnored,
        OwnerMutants.DownIgnored,
        OwnerMutants.TakeoverFreesAtOnce,
        OwnerMutants.DrainedOwnerAnswers,
        OwnerMutants.CrossedRenewalBelieved,
        OwnerMutants.AnswersAfterUnknownTransfer,
        OwnerMutants.UnsettledHandedOnAsSettled,
        OwnerMutants.LateForwardedDelete,
        RuleMutants.TakeoverWithoutLongestTtl,
        RuleMutants.TakeoverWithNewestTtl,
        RuleMutants.RecoveredDeadlineWithoutLease,
        RuleMutants.PolicyChangeForgotten,
        RuleMutants.RenewalShortensDeadline,
        RuleMutants.ExpiryNotJournaled,
        RuleMutants.ClockInEvolve,
    ];

    /// <summary>The mutant with a name, or null.</summary>
    public static Mutant? Named(string name) => All.FirstOrDefault(mutant => mutant.Name == name);
}
