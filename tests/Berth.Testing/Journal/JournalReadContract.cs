using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Testing.Journal;

/// <summary>Condition 5: reading needs no ownership and comes in pages.</summary>
public abstract class JournalReadContract<TStore> : JournalContract<TStore>
    where TStore : JournalUnderTest, new()
{
    [Fact]
    public async Task Pools_are_listed_in_pages_in_the_byte_order_of_their_names()
    {
        // The last two are in the other order as chars.
        string[] names = ["-", "A", "a", "a/b", "ä", "\uffee", "😀"];
        foreach (var name in names.Reverse())
        {
            await Journal.CreatePoolAsync(new PoolName(name));
        }

        var listed = new List<string>();
        PoolName? after = null;
        while (await Journal.ListPoolsAsync(after, 2) is { Count: > 0 } page)
        {
            page.Count.ShouldBeLessThanOrEqualTo(2);
            listed.AddRange(page.Select(pool => pool.Value));
            after = page[^1];
        }

        listed.ShouldBe(names);
        (await Journal.ListPoolsAsync(new PoolName("a."), 1)).ShouldBe([new PoolName("a/b")]);
    }

    [Fact]
    public async Task Records_are_read_in_pages()
    {
        var opening = await CreateAndOpenAsync(Blue);
        for (var i = 0; i < 5; i++)
        {
            await CommitAsync(Blue, opening, 3 * i, Batch(3, seed: i));
        }

        (await FirstVersionsAsync(0, 2)).ShouldBe([1, 4]);
        (await FirstVersionsAsync(6, 2)).ShouldBe([7, 10]);
        (await FirstVersionsAsync(12, 2)).ShouldBe([13]);
        (await FirstVersionsAsync(15, 2)).ShouldBeEmpty();
        (await FirstVersionsAsync(99, 2)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_record_that_holds_later_versions_is_read_whole(long version)
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, Batch(3, seed: 1));
        await CommitAsync(Blue, opening, 3, Batch(3, seed: 2));
        (await FirstVersionsAsync(version, 10)).ShouldBe([4]);
    }

    [Fact]
    public async Task A_missing_pool_has_no_records()
    {
        (await Journal.ReadAsync(Blue, 0, 10)).ShouldBeEmpty();
        (await Journal.ReadNewestAsync(Blue, _ => throw new InvalidOperationException("nothing to replay"))).ShouldBeFalse();
    }

    [Fact]
    public async Task Reading_does_not_take_the_pool()
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, Batch(3, seed: 1));
        (await NewestAsync(Blue)).Count.ShouldBe(1);
        await CommitAsync(Blue, opening, 3, Batch(1, seed: 2));
    }

    [Fact]
    public async Task Records_are_read_without_a_gap_while_others_are_appended()
    {
        const int Batches = 200;
        var opening = await CreateAndOpenAsync(Blue);
        var writing = WriteAsync();
        var next = 1L;
        while (next <= 2 * Batches)
        {
            foreach (var record in await Journal.ReadAsync(Blue, next - 1, 7))
            {
                record.FirstVersion.ShouldBe(next);
                next = record.LastVersion + 1;
            }

            await Task.Yield();
        }

        await writing;

        async Task WriteAsync()
        {
            for (var i = 0; i < Batches; i++)
            {
                await CommitAsync(Blue, opening, 2 * i, Batch(2, seed: i));
            }
        }
    }

    private async Task<IEnumerable<long>> FirstVersionsAsync(long version, int limit) =>
        (await Journal.ReadAsync(Blue, version, limit)).Select(record => record.FirstVersion);
}
