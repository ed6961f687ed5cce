using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Testing.Journal;

/// <summary>Conditions 1 and 2: how a pool comes into being, who may open it, and what an open replays.</summary>
public abstract class JournalOpenContract<TStore> : JournalContract<TStore>
    where TStore : JournalUnderTest, new()
{
    [Fact]
    public async Task A_pool_is_created_once()
    {
        (await Journal.CreatePoolAsync(Blue)).ShouldBeTrue();
        (await Journal.CreatePoolAsync(Blue)).ShouldBeFalse();
        (await Journal.ListPoolsAsync(null, 10)).ShouldBe([Blue]);
    }

    [Fact]
    public async Task Creating_a_pool_again_changes_nothing_in_it()
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, Batch(2, seed: 1));
        await Journal.CreatePoolAsync(Blue);
        await CommitAsync(Blue, opening, 2, Batch(1, seed: 2));
    }

    [Fact]
    public async Task Opening_a_missing_pool_writes_nothing()
    {
        var result = await Journal.OpenAsync(Blue, new Epoch(1), null, _ => throw new InvalidOperationException("nothing to replay"));
        result.Outcome.ShouldBe(OpenOutcome.NoSuchPool);
        (await Journal.ListPoolsAsync(null, 10)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_open_has_a_greater_opening()
    {
        var first = await CreateAndOpenAsync(Blue);
        var second = await OpenAsync(Blue, epoch: 1);
        second.Value.ShouldBeGreaterThan(first.Value);
        (await OpenAsync(Blue, epoch: 2)).Value.ShouldBeGreaterThan(second.Value);
    }

    [Fact]
    public async Task A_greater_epoch_fences_the_open_of_a_smaller_and_stays_as_it_was()
    {
        await Journal.CreatePoolAsync(Blue);
        var opening = await OpenAsync(Blue, epoch: 7);
        var late = await Journal.OpenAsync(Blue, new Epoch(6), null, _ => throw new InvalidOperationException("nothing to replay"));
        late.Outcome.ShouldBe(OpenOutcome.Fenced);
        (await AppendAsync(Blue, opening, 0, Batch(1, seed: 1), epoch: 7)).ShouldBe(AppendResult.Committed);
    }

    [Fact]
    public async Task An_open_replays_the_exact_batches_in_order()
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, Batch(3, seed: 1));
        await CommitAsync(Blue, opening, 3, Batch(1, seed: 2));

        var items = new ReplayedItems();
        var result = await Journal.OpenAsync(Blue, new Epoch(2), null, items.Keep);

        result.FromKnown.ShouldBeFalse();
        Shown(items).ShouldBe([Shown(1, Batch(3, seed: 1)), Shown(4, Batch(1, seed: 2))]);
    }

    [Fact]
    public async Task An_open_with_a_known_position_replays_only_what_is_later()
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, Batch(3, seed: 1));
        await CommitAsync(Blue, opening, 3, Batch(2, seed: 2));

        await OpensKnownAsync(3, HashOf(1), true, [Shown(4, Batch(2, seed: 2))]);
        await OpensKnownAsync(5, HashOf(2), true, []);
        await OpensKnownAsync(0, NoHash, true, [Shown(1, Batch(3, seed: 1)), Shown(4, Batch(2, seed: 2))]);
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(2, 1)]
    [InlineData(5, 1)]
    [InlineData(0, 1)]
    [InlineData(99, 1)]
    public async Task A_known_position_that_is_not_the_stored_one_is_replayed_from_the_start(long version, int seed)
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, Batch(3, seed: 1));
        await CommitAsync(Blue, opening, 3, Batch(2, seed: 2));

        await OpensKnownAsync(version, HashOf(seed), false, [Shown(1, Batch(3, seed: 1)), Shown(4, Batch(2, seed: 2))]);
    }

    [Fact]
    public async Task A_known_position_at_a_snapshot_is_no_reason_to_replay_it()
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, Batch(3, seed: 1));
        var part = new SnapshotPart(3, HashOf(1), 0, 1, Noise(9, 100));
        (await Journal.WriteSnapshotAsync(Blue, new Epoch(1), opening, part)).ShouldBe(AppendResult.Committed);
        await CommitAsync(Blue, opening, 3, Batch(2, seed: 2));

        await OpensKnownAsync(3, HashOf(1), true, [Shown(4, Batch(2, seed: 2))]);
        await OpensKnownAsync(0, NoHash, true, [Shown(1, Batch(3, seed: 1)), Shown(4, Batch(2, seed: 2))]);
        await OpensKnownAsync(3, HashOf(2), false, ["snapshot at 3, part 0 of 1", Shown(4, Batch(2, seed: 2))]);
    }

    private static List<string> Shown(IEnumerable<ReplayItem> items) => [.. items.Select(item => item switch
    {
        JournalRecord record => Shown(record.FirstVersion, new JournalBatch(record.Count, record.Bytes, record.Hash, [], [])),
        SnapshotPart part => $"snapshot at {part.Version}, part {part.Index} of {part.Count}",
        _ => throw new InvalidOperationException($"What is {item}?"),
    })];

    private static string Shown(long first, JournalBatch batch) =>
        $"{first}+{batch.Count} {Convert.ToHexString(batch.Bytes.Span)} {Convert.ToHexString(batch.Hash.Span)}";

    private async Task OpensKnownAsync(long version, byte[] hash, bool fromKnown, string[] replayed)
    {
        var items = new ReplayedItems();
        var result = await Journal.OpenAsync(Blue, new Epoch(1), new KnownPosition(version, hash), items.Keep);
        result.Outcome.ShouldBe(OpenOutcome.Opened);
        result.FromKnown.ShouldBe(fromKnown);
        Shown(items).ShouldBe(replayed);
    }
}
