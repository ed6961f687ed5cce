using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Testing.Journal;

/// <summary>Conditions 3, 4 and 6: what an append writes, and when it certainly writes nothing.</summary>
public abstract class JournalAppendContract<TStore> : JournalContract<TStore>
    where TStore : JournalUnderTest, new()
{
    [Fact]
    public async Task An_append_to_a_missing_pool_is_fenced()
    {
        (await AppendAsync(Blue, new Opening(1), 0, Batch(1, seed: 1))).ShouldBe(AppendResult.Fenced);
        (await Journal.ListPoolsAsync(null, 10)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_append_to_a_pool_that_nobody_opened_is_fenced()
    {
        await Journal.CreatePoolAsync(Blue);
        (await AppendAsync(Blue, new Opening(1), 0, Batch(1, seed: 1))).ShouldBe(AppendResult.Fenced);
        (await LastVersionAsync(Blue)).ShouldBe(0);
    }

    [Fact]
    public async Task An_append_under_an_older_epoch_is_fenced()
    {
        var old = await CreateAndOpenAsync(Blue, epoch: 1);
        var opening = await OpenAsync(Blue, epoch: 2);
        (await AppendAsync(Blue, old, 0, Batch(1, seed: 1), epoch: 1)).ShouldBe(AppendResult.Fenced);
        (await AppendAsync(Blue, opening, 0, Batch(1, seed: 1), epoch: 1)).ShouldBe(AppendResult.Fenced);
        (await LastVersionAsync(Blue)).ShouldBe(0);
    }

    [Fact]
    public async Task An_append_under_a_greater_epoch_that_did_not_open_is_fenced()
    {
        var opening = await CreateAndOpenAsync(Blue, epoch: 1);
        (await AppendAsync(Blue, opening, 0, Batch(1, seed: 1), epoch: 2)).ShouldBe(AppendResult.Fenced);
        (await LastVersionAsync(Blue)).ShouldBe(0);
    }

    [Fact]
    public async Task An_append_under_an_older_opening_is_fenced()
    {
        var old = await CreateAndOpenAsync(Blue);
        var opening = await OpenAsync(Blue, epoch: 1);
        (await AppendAsync(Blue, old, 0, Batch(1, seed: 1))).ShouldBe(AppendResult.Fenced);
        await CommitAsync(Blue, opening, 0, Batch(1, seed: 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(-1)]
    public async Task An_append_after_another_version_than_the_stored_is_fenced(long expected)
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, Batch(2, seed: 1));
        (await AppendAsync(Blue, opening, expected, Batch(2, seed: 2))).ShouldBe(AppendResult.Fenced);
        (await LastVersionAsync(Blue)).ShouldBe(2);
        await CommitAsync(Blue, opening, 2, Batch(1, seed: 3));
    }

    [Fact]
    public async Task A_fenced_append_leaves_no_license_rows()
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, BatchWith(1, [Row(Blue, "kept")]));
        var batch = BatchWith(2, [Row(Blue, "never")], "kept");
        (await AppendAsync(Blue, opening, 7, batch)).ShouldBe(AppendResult.Fenced);
        (await Journal.ReadLicenseAsync(new LicenseId("never"))).ShouldBeNull();
        (await Journal.ReadLicenseAsync(new LicenseId("kept"))).ShouldNotBeNull();
    }

    [Fact]
    public async Task Bytes_and_hash_come_back_as_they_were()
    {
        var opening = await CreateAndOpenAsync(Blue);
        var large = new JournalBatch(5, Noise(1, JournalBatch.MaxBytes), HashOf(1), [], []);
        await CommitAsync(Blue, opening, 0, large);
        await CommitAsync(Blue, opening, 5, new JournalBatch(1, new byte[] { 0 }, NoHash, [], []));

        var records = await Journal.ReadAsync(Blue, 0, 10);
        records.Select(record => (record.FirstVersion, record.Count)).ShouldBe([(1L, 5), (6L, 1)]);
        records[0].Bytes.Span.SequenceEqual(large.Bytes.Span).ShouldBeTrue();
        records[0].Hash.ToArray().ShouldBe(HashOf(1));
        records[1].Bytes.ToArray().ShouldBe([0]);
        records[1].Hash.ToArray().ShouldBe(NoHash);
    }

    [Fact]
    public async Task Bytes_are_only_borrowed_until_the_answer()
    {
        var opening = await CreateAndOpenAsync(Blue);
        var bytes = Noise(1, 100);
        await CommitAsync(Blue, opening, 0, new JournalBatch(1, bytes, HashOf(1), [], []));
        Array.Clear(bytes);
        (await Journal.ReadAsync(Blue, 0, 10))[0].Bytes.ToArray().ShouldBe(Noise(1, 100));
    }

    [Fact]
    public async Task A_batch_that_is_not_fit_to_be_stored_is_not_written()
    {
        var opening = await CreateAndOpenAsync(Blue);
        JournalBatch[] unfit =
        [
            new(1, new byte[JournalBatch.MaxBytes + 1], HashOf(1), [], []),
            new(0, new byte[1], HashOf(1), [], []),
            new(1, new byte[1], new byte[31], [], []),
        ];
        foreach (var batch in unfit)
        {
            var result = await AppendAsync(Blue, opening, 0, batch);
            result.Outcome.ShouldBe(AppendOutcome.NotWritten);
            result.Reason.ShouldNotBeNullOrEmpty();
            result.DuplicateLicense.ShouldBeFalse();
        }

        await CommitAsync(Blue, opening, 0, Batch(1, seed: 1));
    }

    [Fact]
    public async Task Many_pools_append_at_once_and_the_refusal_of_one_touches_no_other()
    {
        const int Pools = 12;
        const int Rounds = 40;
        await CommitAsync(Green, await CreateAndOpenAsync(Green), 0, BatchWith(1, [Row(Green, "taken")]));
        var openings = new Opening[Pools];
        for (var i = 0; i < Pools; i++)
        {
            openings[i] = await CreateAndOpenAsync(new PoolName($"pool {i}"));
        }

        for (var round = 0; round < Rounds; round++)
        {
            // One is fenced, one has a duplicate; the others commit.
            var appends = Enumerable.Range(0, Pools).Select(i => AppendAsync(
                new PoolName($"pool {i}"),
                i == 3 ? new Opening(openings[i].Value - 1) : openings[i],
                i == 5 ? 0 : round * 3,
                i == 5 ? BatchWith(round, [Row(new PoolName("pool 5"), "taken")]) : Batch(3, seed: 100 * i + round)).AsTask());
            var results = await Task.WhenAll(appends);

            results[3].ShouldBe(AppendResult.Fenced);
            results[5].DuplicateLicense.ShouldBeTrue();
            results.Where((_, i) => i is not (3 or 5)).ShouldAllBe(result => result == AppendResult.Committed);
        }

        for (var i = 0; i < Pools; i++)
        {
            (await LastVersionAsync(new PoolName($"pool {i}"))).ShouldBe(i is 3 or 5 ? 0 : 3 * Rounds);
        }
    }

    [Fact]
    public async Task Of_two_owners_that_append_at_once_the_older_is_fenced()
    {
        var old = await CreateAndOpenAsync(Blue);
        var append = AppendAsync(Blue, old, 0, Batch(1, seed: 1)).AsTask();
        var opening = OpenAsync(Blue, epoch: 2);
        var first = await append;
        var version = await LastVersionAsync(Blue);
        version.ShouldBe(first.Outcome == AppendOutcome.Committed ? 1 : 0);
        (await AppendAsync(Blue, await opening, version, Batch(1, seed: 2), epoch: 2)).ShouldBe(AppendResult.Committed);
        (await AppendAsync(Blue, old, version + 1, Batch(1, seed: 3))).ShouldBe(AppendResult.Fenced);
    }
}
