namespace Berth.Simulation.Mutants;

/// <summary>Mistakes in how a pool's actor decides, persists and answers.</summary>
internal static class ActorMutants
{
    private const string Actor = "src/Berth.Runtime/Pools/PoolActor.cs";

    public static readonly Mutant AnswerBeforePersisting = new PatchMutant(
        "answer-before-persisting",
        "What was decided is answered while its append is on its way.",
        new Patch(
            Actor,
            "var append = _shared.Journal.AppendAsync(",
            "_turn.Settle(durable: true);\n            var append = _shared.Journal.AppendAsync("));

    public static readonly Mutant CarryOnAfterUnknownAppend = new PatchMutant(
        "carry-on-after-unknown-append",
        "When nobody knows how an append ended, the actor goes on as though it had been written.",
        new Patch(
            Actor,
            """
                        _replay.State.Undo();
                        _turn.AnswerUnknown();
                        return TurnEnd.Unsure;
            """,
            """
                        _clock.EndWait();
                        _replay.Advanced(_turn.Batch.Hash);
                        _turn.AnswerUnknown();
                        return TurnEnd.Settled;
            """));

    public static readonly Mutant ForgetUnknownAppend = new PatchMutant(
        "forget-unknown-append",
        "When nobody knows how an append ended, the actor goes on as though it had not been written.",
        new Patch(
            Actor,
            """
                        _turn.AnswerUnknown();
                        return TurnEnd.Unsure;
            """,
            """
                        _clock.EndWait();
                        _turn.AnswerUnknown();
                        return TurnEnd.Settled;
            """));

    public static readonly Mutant GrantAfterLease = new PatchMutant(
        "grant-after-lease",
        "A 201 is given though the lease ended while it was written.",
        new Patch(
            "src/Berth.Runtime/Pools/AnswerWithoutLease.cs",
            "Granted or Renewed when wrote => Unknown.Instance,",
            "Granted or Renewed when wrote => decided,"));

    public static readonly Mutant SnapshotOneEventOld = new PatchMutant(
        "snapshot-one-event-old",
        "A snapshot holds the state before the last turn, under the version after it.",
        new Patch(
            "src/Berth.Runtime/Pools/PoolSnapshots.cs",
            "    private Task _writing = Task.CompletedTask;\n",
            "    private Task _writing = Task.CompletedTask;\n    private PoolImage? _before;\n"),
        new Patch(
            "src/Berth.Runtime/Pools/PoolSnapshots.cs",
            """
                    if (state.Version - _lastVersion >=
            """,
            """
                    var now = state.Capture();
                    var old = (_before ?? now) with { Header = (_before ?? now).Header with { Version = state.Version } };
                    _before = now;
                    if (state.Version - _lastVersion >=
            """),
        new Patch(
            "src/Berth.Runtime/Pools/PoolSnapshots.cs",
            "_writing = WriteAsync(state.Capture(), head.ToArray(), _opening);",
            "_writing = WriteAsync(old, head.ToArray(), _opening);"));
}
