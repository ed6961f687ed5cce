using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Testing.Journal;

/// <summary>Condition 7: denials add up, within limits.</summary>
public abstract class JournalDenialContract<TStore> : JournalContract<TStore>
    where TStore : JournalUnderTest, new()
{
    private const string Held = "all-held";

    [Fact]
    public async Task Denials_of_the_same_pool_reason_and_node_add_up()
    {
        await CreateAsync(Blue, Green);
        await Journal.RecordDenialsAsync([Denial("a", 3, 1000, 2000), Denial("a", 1, 1500, 1500, "expired")]);
        await Journal.RecordDenialsAsync([Denial("a", 2, 500, 700), Denial("a", 5, 4000, 9000), Denial("a", 7, 1, 2) with { Pool = Green }]);
        (await ReadAsync(Blue)).ShouldBe([Denial("a", 10, 500, 9000), Denial("a", 1, 1500, 1500, "expired")]);
        (await ReadAsync(Green)).ShouldBe([Denial("a", 7, 1, 2) with { Pool = Green }]);
    }

    [Fact]
    public async Task The_most_recent_are_read_first_and_ties_in_the_byte_order_of_node_and_reason()
    {
        await CreateAsync(Blue);

        // The names are in the other order as chars.
        DenialCount[] ordered =
        [
            Denial("old", 1, 9, 30), Denial("\uffee", 1, 1, 20), Denial("😀", 1, 1, 20, "a"), Denial("😀", 1, 1, 20, "b"), Denial("new", 1, 1, 10),
        ];
        await Journal.RecordDenialsAsync([.. ordered.Reverse()]);
        (await ReadAsync(Blue)).ShouldBe(ordered);
        (await Journal.ReadDenialsAsync(Blue, null, 2)).ShouldBe(ordered[..2]);
    }

    [Fact]
    public async Task A_page_begins_after_a_place_and_reasons_are_added_up()
    {
        await CreateAsync(Blue, Green);
        DenialCount[] ordered =
        [
            Denial("z", 1, 9, 30), Denial("\uffee", 2, 1, 20), Denial("😀", 4, 1, 20, "a"), Denial("😀", 8, 1, 20, "b"), Denial("a", 16, 3, 10),
        ];
        await Journal.RecordDenialsAsync([.. ordered, Denial("a", 99, 1, 99) with { Pool = Green }]);
        for (var i = 0; i < ordered.Length; i++)
        {
            var place = new DenialPlace(ordered[i].LastMs, ordered[i].Node, ordered[i].Reason);
            (await Journal.ReadDenialsAsync(Blue, place, 2)).ShouldBe(ordered.Skip(i + 1).Take(2));
        }

        (await Journal.SumDenialsAsync(Blue)).ShouldBe([new("a", 4, 1, 1, 20), new(Held, 19, 3, 1, 30), new("b", 8, 1, 1, 20)], ignoreOrder: true);
        (await Journal.SumDenialsAsync(new("nowhere"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_pool_that_does_not_exist_is_left_out_and_not_made()
    {
        await CreateAsync(Green);
        await Journal.RecordDenialsAsync([Denial("a", 1, 1, 1), Denial("a", 1, 1, 1) with { Pool = Green }]);
        (await ReadAsync(Blue)).ShouldBeEmpty();
        (await ReadAsync(Green)).Count.ShouldBe(1);
        (await Journal.ListPoolsAsync(null, 10)).ShouldBe([Green]);
    }

    [Fact]
    public async Task Beyond_the_most_rows_of_a_pool_new_nodes_count_as_others()
    {
        await CreateAsync(Blue, Green);
        var nodes = Enumerable.Range(0, DenialCount.MaxStored).Select(i => Denial($"node-{i}", 1, i, i));
        await Task.WhenAll(nodes.Chunk(DenialCount.MaxAtOnce).Select(part => Journal.RecordDenialsAsync(part).AsTask()));
        var last = DenialCount.MaxStored;
        await Journal.RecordDenialsAsync(
        [
            Denial("late", 2, last + 1, last + 2), Denial("later", 3, last, last + 3), Denial("node-7", 1, last + 1, last + 1),
            Denial("late", 1, 1, 1) with { Pool = Green },
        ]);

        var read = await ReadAsync(Blue);
        read.Count.ShouldBe(DenialCount.MaxStored + 1);
        read[0].ShouldBe(Denial("other", 5, last, last + 3));
        read[1].ShouldBe(Denial("node-7", 2, 7, last + 1));
        (await ReadAsync(Green)).ShouldBe([Denial("late", 1, 1, 1) with { Pool = Green }]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(DenialCount.MaxAtOnce + 1)]
    public async Task Too_few_or_too_many_at_once_are_refused(int count)
    {
        await CreateAsync(Blue);
        var denials = Enumerable.Range(0, count).Select(i => Denial($"node-{i}", 1, 1, 1)).ToList();
        await Should.ThrowAsync<ArgumentException>(async () => await Journal.RecordDenialsAsync(denials));
        (await ReadAsync(Blue)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_count_below_one_refuses_all()
    {
        await CreateAsync(Blue);
        await Should.ThrowAsync<ArgumentException>(
            async () => await Journal.RecordDenialsAsync([Denial("a", 1, 1, 1), Denial("b", 0, 1, 1)]));
        (await ReadAsync(Blue)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Denials_are_no_events_and_need_no_ownership()
    {
        var opening = await CreateAndOpenAsync(Blue);
        await Journal.RecordDenialsAsync([Denial("a", 1, 1, 1)]);
        await CommitAsync(Blue, opening, 0, Batch(1, seed: 1));
        await OpenAsync(Blue, epoch: 2);
        await Journal.RecordDenialsAsync([Denial("a", 1, 2, 2)]);
        (await LastVersionAsync(Blue)).ShouldBe(1);
        (await ReadAsync(Blue)).ShouldBe([Denial("a", 2, 1, 2)]);
    }

    private static DenialCount Denial(string node, long count, long first, long last, string reason = Held) =>
        new(Blue, reason, new Fingerprint(node), count, first, last);

    private async Task CreateAsync(params PoolName[] pools)
    {
        foreach (var pool in pools)
        {
            (await Journal.CreatePoolAsync(pool)).ShouldBeTrue();
        }
    }

    private async Task<IReadOnlyList<DenialCount>> ReadAsync(PoolName pool) => await Journal.ReadDenialsAsync(pool, null, int.MaxValue);
}
