using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;

namespace Berth.Runtime.Tests.Pools;

/// <summary>Which parts of a replay count, and which are refused.</summary>
public sealed class PoolReplayTests
{
    private static readonly Stamp _stamp = new(0, 0, Who.Nobody);
    private readonly PoolReplay _replay = new(new("p"));

    [Fact]
    public void A_gap_between_records_is_refused()
    {
        Open(Record(1, new PoolAdded("p", _stamp)));
        _replay.Begin();
        Should.Throw<InvalidDataException>(() => _replay.Take(Record(3, new LicenseAdded(new("l"), 1, null, _stamp))))
            .Message.ShouldContain("events are missing");
    }

    [Fact]
    public void A_record_inside_a_snapshot_is_refused()
    {
        _replay.Begin();
        _replay.Take(new SnapshotPart(5, new byte[32], 0, 2, new byte[] { 1 }));
        Should.Throw<InvalidDataException>(() => _replay.Take(Record(1, new PoolAdded("p", _stamp))));
    }

    [Fact]
    public void What_came_before_a_failure_is_kept_and_known()
    {
        _replay.Begin();
        _replay.Take(Record(1, new PoolAdded("p", _stamp)));
        Should.Throw<Exception>(() => _replay.Take(Record(2, new LicenseAdded(new("l"), 1, null, _stamp), new PoolAdded("p", _stamp))));
        _replay.Known!.Version.ShouldBe(1);
        Open(fromKnown: true, Record(2, new LicenseAdded(new("l"), 1, null, _stamp)));
        (_replay.State.Version, _replay.State.SeatCount, _replay.NeedsRecovery).ShouldBe((2, 1, true));
    }

    [Fact]
    public void Half_a_snapshot_is_forgotten_before_the_next_open()
    {
        Open(Record(1, new PoolAdded("p", _stamp)));
        _replay.Recovered();
        _replay.Begin();
        _replay.Take(new SnapshotPart(5, new byte[32], 0, 2, new byte[] { 1 }));
        _replay.Begin();
        _replay.Known.ShouldBeNull();
        _replay.NeedsRecovery.ShouldBeTrue();
    }

    [Fact]
    public void A_journal_that_does_not_know_what_is_known_is_replayed_from_its_start()
    {
        Open(Record(1, new PoolAdded("p", _stamp), new LicenseAdded(new("old"), 1, null, _stamp)));
        _replay.Recovered();
        Open(Record(1, new PoolAdded("p", _stamp), new LicenseAdded(new("new"), 1, null, _stamp)));
        _replay.State.Licenses.Select(license => license.Id.Value).ShouldBe(["new"]);
        _replay.NeedsRecovery.ShouldBeTrue();
    }

    [Fact]
    public void A_journal_that_became_empty_leaves_nothing_in_memory()
    {
        Open(Record(1, new PoolAdded("p", _stamp)));
        Open();
        (_replay.State.Version, _replay.Head.Max()).ShouldBe((0, (byte)0));
    }

    [Fact]
    public void What_is_known_is_kept_when_nothing_is_new()
    {
        Open(Record(1, new PoolAdded("p", _stamp)));
        _replay.Recovered();
        Open(fromKnown: true);
        (_replay.State.Version, _replay.NeedsRecovery).ShouldBe((1, false));
    }

    private void Open(params JournalRecord[] records) => Open(fromKnown: false, records);

    private void Open(bool fromKnown, params JournalRecord[] records)
    {
        _replay.Begin();
        foreach (var record in records)
        {
            _replay.Take(record);
        }

        _replay.Finish(fromKnown);
    }

    private static JournalRecord Record(long first, params PoolEvent[] events) =>
        new(first, events.Length, events.SelectMany(Journal.EventSamples.Frame).ToArray(), new byte[] { (byte)first }.Concat(new byte[31]).ToArray());
}
