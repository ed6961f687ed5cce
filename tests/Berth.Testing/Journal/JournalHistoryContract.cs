using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Testing.Journal;

/// <summary>The conditions of <see cref="IHistory"/>.</summary>
public abstract class JournalHistoryContract<TStore> : JournalContract<TStore>
    where TStore : JournalUnderTest, new()
{
    private const int Most = 1_000;

    private IHistory History => Journal.History;

    [Fact]
    public async Task Heads_are_in_the_byte_order_of_names_with_the_hash_of_their_version()
    {
        var blue = await CreateAndOpenAsync(Blue);
        await Journal.CreatePoolAsync(Green);
        await CommitAsync(Blue, blue, 0, Batch(3, seed: 1));
        await CommitAsync(Blue, blue, 3, Batch(2, seed: 2));
        var heads = await History.ReadHeadsAsync(null, 10);
        heads.Select(head => head.Pool).ShouldBe([Blue, Green]);
        (heads[0].Head.Version, heads[0].Base.Version).ShouldBe((5, 0));
        heads[0].Head.Hash.ToArray().ShouldBe(HashOf(2));
        (heads[1].Head.Version, heads[1].Head.Hash.ToArray().Max()).ShouldBe((0, (byte)0));
        (await History.ReadHeadsAsync(null, 1)).Select(head => head.Pool).ShouldBe([Blue]);
        (await History.ReadHeadsAsync(Blue, 10)).Select(head => head.Pool).ShouldBe([Green]);
    }

    [Fact]
    public async Task A_base_changes_nothing_until_it_is_taken_into_use()
    {
        var opening = await ThreeBatchesAsync();
        await StoreAsync(opening, Part(6, 2, 0, 2), Part(6, 2, 1, 2));
        (await NewestAsync(Blue)).ShouldAllBe(item => item is JournalRecord);
        (await Journal.ReadAsync(Blue, 0, 10)).Count.ShouldBe(3);
        (await History.ReadBaseAsync(Blue, _ => { })).ShouldBeFalse();
        (await History.ReadHeadsAsync(null, 1))[0].Base.Version.ShouldBe(0);
    }

    [Fact]
    public async Task A_cut_history_begins_at_its_base_for_who_reads_and_who_opens()
    {
        var opening = await ThreeBatchesAsync();
        await StoreAsync(opening, Part(6, 2, 0, 2), Part(6, 2, 1, 2));
        (await CutAsync(opening, 6, Most)).ShouldBe(new CutResult(AppendOutcome.Committed, More: false));

        var items = await NewestAsync(Blue);
        items.Count.ShouldBe(3);
        items.Take(2).Cast<SnapshotPart>().Select(part => (part.Version, part.Index)).ShouldBe([(6, 0), (6, 1)]);
        items[2].ShouldBeOfType<JournalRecord>().FirstVersion.ShouldBe(7);
        (await Journal.ReadAsync(Blue, 0, 10)).Select(record => record.FirstVersion).ShouldBe([7]);
        var parts = new List<byte[]>();
        (await History.ReadBaseAsync(Blue, part => parts.Add(part.Bytes.ToArray()))).ShouldBeTrue();
        parts.ShouldBe([Noise(60, 1000), Noise(61, 1000)]);
        var head = (await History.ReadHeadsAsync(null, 1))[0];
        (head.Base.Version, head.Head.Version).ShouldBe((6, 9));
        head.Base.Hash.ToArray().ShouldBe(HashOf(2));
        await CommitAsync(Blue, opening, 9, Batch(1, seed: 9));
        (await NewestAsync(Blue)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Records_are_deleted_so_many_at_once_and_are_never_read_meanwhile()
    {
        var opening = await ThreeBatchesAsync();
        await StoreAsync(opening, Part(6, 2, 0, 1));
        (await CutAsync(opening, 6, 1)).ShouldBe(new CutResult(AppendOutcome.Committed, More: true));
        (await Journal.ReadAsync(Blue, 0, 10)).Select(record => record.FirstVersion).ShouldBe([7]);
        (await NewestAsync(Blue)).Count.ShouldBe(2);
        (await CutAsync(opening, 6, 1)).ShouldBe(new CutResult(AppendOutcome.Committed, More: false));
        (await CutAsync(opening, 6, 1)).ShouldBe(new CutResult(AppendOutcome.Committed, More: false));
    }

    [Fact]
    public async Task All_of_a_history_can_be_cut_and_it_goes_on()
    {
        var opening = await ThreeBatchesAsync();
        await StoreAsync(opening, Part(9, 3, 0, 1));
        (await CutAsync(opening, 9, Most)).Outcome.ShouldBe(AppendOutcome.Committed);
        (await NewestAsync(Blue)).ShouldHaveSingleItem().ShouldBeOfType<SnapshotPart>();
        (await History.ReadHeadsAsync(null, 1))[0].Head.Hash.ToArray().ShouldBe(HashOf(3));
        await CommitAsync(Blue, opening, 9, Batch(2, seed: 4));
        (await NewestAsync(Blue)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_later_cut_replaces_the_base()
    {
        var opening = await ThreeBatchesAsync();
        await StoreAsync(opening, Part(3, 1, 0, 1));
        await CutAsync(opening, 3, Most);
        await StoreAsync(opening, Part(6, 2, 0, 1));
        (await NewestAsync(Blue))[0].ShouldBeOfType<SnapshotPart>().Version.ShouldBe(3);
        (await CutAsync(opening, 6, Most)).Outcome.ShouldBe(AppendOutcome.Committed);
        (await NewestAsync(Blue)).Select(item => item is SnapshotPart part ? part.Version : 0).ShouldBe([6, 0]);
        (await CutAsync(opening, 3, Most)).Outcome.ShouldBe(AppendOutcome.NotWritten);
    }

    [Fact]
    public async Task A_newer_snapshot_goes_before_the_base_and_an_older_one_is_passed_over()
    {
        var opening = await ThreeBatchesAsync();
        (await Journal.WriteSnapshotAsync(Blue, new Epoch(1), opening, Part(3, 1, 0, 1))).ShouldBe(AppendResult.Committed);
        await StoreAsync(opening, Part(6, 2, 0, 1));
        await CutAsync(opening, 6, Most);
        (await NewestAsync(Blue))[0].ShouldBeOfType<SnapshotPart>().Version.ShouldBe(6);
        (await Journal.WriteSnapshotAsync(Blue, new Epoch(1), opening, Part(9, 3, 0, 1))).ShouldBe(AppendResult.Committed);
        (await NewestAsync(Blue)).ShouldHaveSingleItem().ShouldBeOfType<SnapshotPart>().Version.ShouldBe(9);
        (await History.ReadBaseAsync(Blue, part => part.Version.ShouldBe(6))).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_known_counts_from_the_base_on()
    {
        var opening = await ThreeBatchesAsync();
        await StoreAsync(opening, Part(6, 2, 0, 1));
        await CutAsync(opening, 6, 1);
        (await FromKnownAsync(3, HashOf(1))).ShouldBe((false, 2));
        (await FromKnownAsync(0, NoHash)).ShouldBe((false, 2));
        (await FromKnownAsync(6, HashOf(2))).ShouldBe((true, 1));
        (await FromKnownAsync(9, HashOf(3))).ShouldBe((true, 0));
        (await FromKnownAsync(6, HashOf(3))).ShouldBe((false, 2));
    }

    [Fact]
    public async Task A_base_must_stand_at_the_end_of_a_batch_with_its_hash()
    {
        var opening = await ThreeBatchesAsync();
        foreach (var part in new[] { Part(5, 2, 0, 1), Part(6, 1, 0, 1), Part(10, 3, 0, 1), Part(0, 0, 0, 1) with { Hash = NoHash }, Part(6, 2, 1, 2) })
        {
            (await History.WriteBaseAsync(Blue, new Epoch(1), opening, part)).Outcome.ShouldBe(AppendOutcome.NotWritten, $"{part.Version}");
        }

        (await CutAsync(opening, 6, Most)).Outcome.ShouldBe(AppendOutcome.NotWritten);
        await StoreAsync(opening, Part(6, 2, 0, 2));
        (await CutAsync(opening, 6, Most)).Outcome.ShouldBe(AppendOutcome.NotWritten);
        (await CutAsync(opening, 0, Most)).Outcome.ShouldBe(AppendOutcome.NotWritten);
        (await Journal.ReadAsync(Blue, 0, 10)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Bases_and_cuts_of_an_older_opening_are_fenced()
    {
        var opening = await ThreeBatchesAsync();
        await StoreAsync(opening, Part(6, 2, 0, 1));
        await OpenAsync(Blue, epoch: 2);
        (await History.WriteBaseAsync(Blue, new Epoch(1), opening, Part(6, 2, 0, 1))).ShouldBe(AppendResult.Fenced);
        (await CutAsync(opening, 6, Most)).Outcome.ShouldBe(AppendOutcome.Fenced);
        (await Journal.ReadAsync(Blue, 0, 10)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_cut_of_one_pool_leaves_the_others()
    {
        var opening = await ThreeBatchesAsync();
        var green = await CreateAndOpenAsync(Green);
        await CommitAsync(Green, green, 0, Batch(3, seed: 1));
        await StoreAsync(opening, Part(9, 3, 0, 1));
        await CutAsync(opening, 9, Most);
        (await NewestAsync(Green)).ShouldHaveSingleItem().ShouldBeOfType<JournalRecord>();
    }

    [Fact]
    public async Task Checkpoints_are_numbered_without_gaps_and_the_last_stays()
    {
        (await History.ReadLastCheckpointAsync()).ShouldBeNull();
        (await History.AppendCheckpointAsync(Row(2))).ShouldBeFalse();
        for (var number = 1; number <= 9; number++)
        {
            (await History.AppendCheckpointAsync(Row(number))).ShouldBeTrue();
        }

        (await History.AppendCheckpointAsync(Row(9))).ShouldBeFalse();
        (await History.ReadCheckpointsAsync(6, 2)).Select(row => row.Number).ShouldBe([7, 8]);
        var last = (await History.ReadLastCheckpointAsync())!;
        (last.Number, last.TimeMs).ShouldBe((9, 900));
        last.Bytes.ToArray().ShouldBe(Row(9).Bytes.ToArray());
        last.Signature.ToArray().ShouldBe(Row(9).Signature.ToArray());
        (await History.ForgetCheckpointsAsync(beforeMs: 400, keep: 100, most: 2)).ShouldBe(2);
        (await History.ForgetCheckpointsAsync(400, 100, 100)).ShouldBe(1);
        (await NumbersAsync()).ShouldBe([4, 5, 6, 7, 8, 9]);
        (await History.ForgetCheckpointsAsync(long.MinValue, keep: 4, most: 100)).ShouldBe(2);
        (await NumbersAsync()).ShouldBe([6, 7, 8, 9]);
        (await History.ForgetCheckpointsAsync(long.MaxValue, 0, 100)).ShouldBe(3);
        (await History.ForgetCheckpointsAsync(long.MaxValue, 0, 100)).ShouldBe(0);
        (await History.AppendCheckpointAsync(Row(10))).ShouldBeTrue();
    }

    [Fact]
    public async Task Old_denials_are_forgotten_and_make_room()
    {
        await Journal.CreatePoolAsync(Blue);
        await Journal.RecordDenialsAsync([.. Enumerable.Range(1, 5).Select(i => Denial($"n{i}", i * 10))]);
        (await History.ForgetDenialsAsync(Blue, 40, 2)).ShouldBe(2);
        (await History.ForgetDenialsAsync(Blue, 40, 10)).ShouldBe(1);
        (await History.ForgetDenialsAsync(Blue, 40, 10)).ShouldBe(0);
        (await History.ForgetDenialsAsync(Green, 40, 10)).ShouldBe(0);
        (await Journal.ReadDenialsAsync(Blue, null, 10)).Select(denial => denial.Node.Value).ShouldBe(["n5", "n4"]);
        await Journal.RecordDenialsAsync([Denial("n1", 90)]);
        (await Journal.ReadDenialsAsync(Blue, null, 10)).Select(denial => denial.Node.Value).ShouldBe(["n1", "n5", "n4"]);
    }

    [Fact]
    public async Task Keys_are_kept_once_in_order()
    {
        await History.RecordKeyAsync(HashOf(1), 5);
        await History.RecordKeyAsync(HashOf(2), 6);
        await History.RecordKeyAsync(HashOf(1), 7);
        (await History.ReadKeysAsync()).Select(key => key.ToArray()).ShouldBe([HashOf(1), HashOf(2)]);
        (await History.MeasureAsync()).ShouldBeGreaterThanOrEqualTo(0);
    }

    private static DenialCount Denial(string node, long at) => new(Blue, "all-held", new Fingerprint(node), 1, at, at);

    private static CheckpointRow Row(long number) => new(number, number * 100, Noise((int)number, 30), Noise((int)number + 100, 64));

    private static SnapshotPart Part(long version, int seed, int index, int count) =>
        new(version, HashOf(seed), index, count, Noise(60 + index, 1000));

    private async Task<Opening> ThreeBatchesAsync()
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, Batch(3, seed: 1));
        await CommitAsync(Blue, opening, 3, Batch(3, seed: 2));
        await CommitAsync(Blue, opening, 6, Batch(3, seed: 3));
        return opening;
    }

    private async Task StoreAsync(Opening opening, params SnapshotPart[] parts)
    {
        foreach (var part in parts)
        {
            (await History.WriteBaseAsync(Blue, new Epoch(1), opening, part)).ShouldBe(AppendResult.Committed);
        }
    }

    private ValueTask<CutResult> CutAsync(Opening opening, long upTo, int most) => History.CutAsync(Blue, new Epoch(1), opening, upTo, most);

    private async Task<IEnumerable<long>> NumbersAsync() => (await History.ReadCheckpointsAsync(0, 100)).Select(row => row.Number);

    private async Task<(bool FromKnown, int Items)> FromKnownAsync(long version, byte[] hash)
    {
        var items = new ReplayedItems();
        var result = await Journal.OpenAsync(Blue, new Epoch(1), new KnownPosition(version, hash), items.Keep);
        return (result.FromKnown, items.Count);
    }
}
