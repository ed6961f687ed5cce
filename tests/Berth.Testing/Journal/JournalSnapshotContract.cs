using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Testing.Journal;

/// <summary>Condition 4: snapshots in parts, which count once all are in.</summary>
public abstract class JournalSnapshotContract<TStore> : JournalContract<TStore>
    where TStore : JournalUnderTest, new()
{
    [Fact]
    public async Task A_snapshot_of_several_parts_is_replayed_before_what_is_later()
    {
        var opening = await PoolAtVersionThreeAsync();
        await StoreAsync(opening, Part(0, 3), Part(1, 3), Part(2, 3));
        await CommitAsync(Blue, opening, 3, Batch(2, seed: 2));

        var items = await NewestAsync(Blue);
        items.Count.ShouldBe(4);
        for (var i = 0; i < 3; i++)
        {
            var part = items[i].ShouldBeOfType<SnapshotPart>();
            (part.Version, part.Index, part.Count).ShouldBe((3, i, 3));
            part.Hash.ToArray().ShouldBe(HashOf(1));
            part.Bytes.ToArray().ShouldBe(Part(i, 3).Bytes.ToArray());
        }

        items[3].ShouldBeOfType<JournalRecord>().FirstVersion.ShouldBe(4);
    }

    [Fact]
    public async Task An_unfinished_snapshot_does_not_count()
    {
        var opening = await PoolAtVersionThreeAsync();
        await StoreAsync(opening, Part(0, 3), Part(1, 3));
        (await NewestAsync(Blue)).ShouldAllBe(item => item is JournalRecord);
    }

    [Fact]
    public async Task An_unfinished_snapshot_leaves_the_finished_one_in_place()
    {
        var opening = await PoolAtVersionThreeAsync();
        await StoreAsync(opening, Part(0, 1));
        await CommitAsync(Blue, opening, 3, Batch(2, seed: 2));
        await StoreAsync(opening, new SnapshotPart(5, HashOf(2), 0, 2, Noise(7, 10)));

        var items = await NewestAsync(Blue);
        items[0].ShouldBeOfType<SnapshotPart>().Version.ShouldBe(3);
        items.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_newer_snapshot_replaces_the_older()
    {
        var opening = await PoolAtVersionThreeAsync();
        await StoreAsync(opening, Part(0, 2), Part(1, 2));
        await CommitAsync(Blue, opening, 3, Batch(2, seed: 2));
        await StoreAsync(opening, new SnapshotPart(5, HashOf(2), 0, 1, Noise(7, 10)));

        (await NewestAsync(Blue)).ShouldHaveSingleItem().ShouldBeOfType<SnapshotPart>().Bytes.ToArray().ShouldBe(Noise(7, 10));
    }

    [Fact]
    public async Task Part_0_begins_again()
    {
        var opening = await PoolAtVersionThreeAsync();
        await StoreAsync(opening, Part(0, 3), Part(1, 3));
        var anew = Part(0, 2) with { Bytes = Noise(8, 50) };
        await StoreAsync(opening, anew, Part(1, 2));

        var items = await NewestAsync(Blue);
        items.Count.ShouldBe(2);
        items[0].ShouldBeOfType<SnapshotPart>().Bytes.ToArray().ShouldBe(Noise(8, 50));
    }

    [Fact]
    public async Task A_snapshot_at_the_version_of_the_last_one_replaces_it()
    {
        var opening = await PoolAtVersionThreeAsync();
        await StoreAsync(opening, Part(0, 2), Part(1, 2));
        await StoreAsync(opening, Part(0, 1));
        (await NewestAsync(Blue)).ShouldHaveSingleItem().ShouldBeOfType<SnapshotPart>().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_part_out_of_order_is_not_written()
    {
        var opening = await PoolAtVersionThreeAsync();
        await RefusesAsync(opening, Part(1, 2));
        await StoreAsync(opening, Part(0, 3));
        await RefusesAsync(opening, Part(2, 3));
        await RefusesAsync(opening, Part(1, 2));
        await RefusesAsync(opening, Part(1, 3) with { Version = 2 });
        await StoreAsync(opening, Part(1, 3), Part(2, 3));
        (await NewestAsync(Blue)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_part_that_is_not_fit_to_be_stored_is_not_written()
    {
        var opening = await PoolAtVersionThreeAsync();
        await RefusesAsync(opening, Part(0, 1) with { Bytes = new byte[SnapshotPart.MaxBytes + 1] });
        await RefusesAsync(opening, Part(0, 1) with { Hash = new byte[5] });
        await RefusesAsync(opening, Part(2, 2));
        await RefusesAsync(opening, Part(-1, 2));
        await RefusesAsync(opening, Part(0, 1) with { Version = 4 });
        await StoreAsync(opening, Part(0, 1) with { Bytes = new byte[SnapshotPart.MaxBytes] });
    }

    [Fact]
    public async Task A_snapshot_under_an_older_opening_or_epoch_is_fenced()
    {
        var old = await PoolAtVersionThreeAsync();
        await StoreAsync(old, Part(0, 2));
        await OpenAsync(Blue, epoch: 2);
        (await Journal.WriteSnapshotAsync(Blue, new Epoch(1), old, Part(1, 2))).ShouldBe(AppendResult.Fenced);
        (await Journal.WriteSnapshotAsync(Green, new Epoch(1), old, Part(0, 1))).ShouldBe(AppendResult.Fenced);
        (await NewestAsync(Blue)).ShouldAllBe(item => item is JournalRecord);
    }

    [Fact]
    public async Task Snapshots_of_two_pools_do_not_meet()
    {
        var blue = await PoolAtVersionThreeAsync();
        var green = await CreateAndOpenAsync(Green);
        await CommitAsync(Green, green, 0, Batch(3, seed: 1));
        await StoreAsync(blue, Part(0, 2));
        (await Journal.WriteSnapshotAsync(Green, new Epoch(1), green, Part(0, 1))).ShouldBe(AppendResult.Committed);
        await StoreAsync(blue, Part(1, 2));
        (await NewestAsync(Blue)).Count.ShouldBe(2);
        (await NewestAsync(Green)).ShouldHaveSingleItem();
    }

    private static SnapshotPart Part(int index, int count) => new(3, HashOf(1), index, count, Noise(50 + index, 1000));

    private async Task<Opening> PoolAtVersionThreeAsync()
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, Batch(3, seed: 1));
        return opening;
    }

    private async Task StoreAsync(Opening opening, params SnapshotPart[] parts)
    {
        foreach (var part in parts)
        {
            (await Journal.WriteSnapshotAsync(Blue, new Epoch(1), opening, part)).ShouldBe(AppendResult.Committed);
        }
    }

    private async Task RefusesAsync(Opening opening, SnapshotPart part)
    {
        var result = await Journal.WriteSnapshotAsync(Blue, new Epoch(1), opening, part);
        result.Outcome.ShouldBe(AppendOutcome.NotWritten);
        result.Reason.ShouldNotBeNullOrEmpty();
    }
}
