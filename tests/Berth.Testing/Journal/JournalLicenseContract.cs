using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Testing.Journal;

/// <summary>Condition 3 again: license rows live and die with their batch, and each id, key and file is there once.</summary>
public abstract class JournalLicenseContract<TStore> : JournalContract<TStore>
    where TStore : JournalUnderTest, new()
{
    [Fact]
    public async Task A_stored_license_comes_back_as_it_was()
    {
        var opening = await CreateAndOpenAsync(Blue);
        var row = new LicenseRow(new LicenseId("ä-1"), Blue, Noise(3, 5000), "key/" + new string('k', 3000));
        await CommitAsync(Blue, opening, 0, BatchWith(1, [row]));

        var read = (await Journal.ReadLicenseAsync(row.Id)).ShouldNotBeNull();
        (read.Id, read.Pool, read.Key).ShouldBe((row.Id, row.Pool, row.Key));
        read.File.ToArray().ShouldBe(row.File.ToArray());
    }

    [Fact]
    public async Task Licenses_that_are_asked_for_at_once_come_back_to_who_asked()
    {
        var opening = await CreateAndOpenAsync(Blue);
        var rows = Enumerable.Range(0, 200).Select(i => Row(Blue, $"one-{i}")).ToArray();
        await CommitAsync(Blue, opening, 0, BatchWith(1, rows));

        // Each twice, and as many that are not there.
        var asked = Enumerable.Range(0, 2).SelectMany(_ => rows.SelectMany(row => new[] { row.Id, new LicenseId($"{row.Id.Value}-gone") })).ToList();
        var read = await Task.WhenAll(asked.Select(id => Journal.ReadLicenseAsync(id).AsTask()));
        read.Select(row => row?.Id).ShouldBe(asked.Select(id => id.Value.EndsWith("-gone", StringComparison.Ordinal) ? (LicenseId?)null : id));
        var files = rows.ToDictionary(row => row.Id, row => row.File.ToArray());
        read.OfType<LicenseRow>().ShouldAllBe(row => row.File.ToArray().SequenceEqual(files[row.Id]));

        (await Journal.ReadLicenseAsync(rows[0].Id)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_license_that_is_not_there_is_null() =>
        (await Journal.ReadLicenseAsync(new LicenseId("nowhere"))).ShouldBeNull();

    [Theory]
    [InlineData("one", "other key", "other file")]
    [InlineData("other", "key of one", "other file")]
    [InlineData("other", "other key", "file of one")]
    public async Task An_id_key_or_file_that_is_there_is_a_duplicate_whichever_the_pool(string id, string key, string file)
    {
        var blue = await CreateAndOpenAsync(Blue);
        var green = await CreateAndOpenAsync(Green);
        await CommitAsync(Blue, blue, 0, BatchWith(1, [Row(Blue, "one")]));

        foreach (var (pool, opening, expected) in new[] { (Blue, blue, 1L), (Green, green, 0L) })
        {
            var result = await AppendAsync(pool, opening, expected, BatchWith(2, [Row(pool, "fine"), Row(pool, id, key, file)]));
            result.Outcome.ShouldBe(AppendOutcome.NotWritten);
            result.DuplicateLicense.ShouldBeTrue();
            result.Reason.ShouldNotBeNull().ShouldContain(id);
            result.Reason.ShouldContain("blue");
            (await LastVersionAsync(pool)).ShouldBe(expected);
        }

        // Nothing of the refused batches is left.
        (await Journal.ReadLicenseAsync(new LicenseId("fine"))).ShouldBeNull();
        await CommitAsync(Green, green, 0, BatchWith(3, [Row(Green, "fine")]));
    }

    [Theory]
    [InlineData("one", "key of two", "file of two")]
    [InlineData("two", "key of one", "file of two")]
    [InlineData("two", "key of two", "file of one")]
    public async Task Duplicates_inside_one_batch_are_found(string id, string key, string file)
    {
        var opening = await CreateAndOpenAsync(Blue);
        (await AppendAsync(Blue, opening, 0, BatchWith(1, [Row(Blue, "one"), Row(Blue, id, key, file)]))).DuplicateLicense.ShouldBeTrue();
        (await Journal.ReadLicenseAsync(new LicenseId("one"))).ShouldBeNull();
        await CommitAsync(Blue, opening, 0, BatchWith(2, [Row(Blue, "one")]));
    }

    [Fact]
    public async Task A_dropped_license_can_be_added_to_another_pool()
    {
        var blue = await CreateAndOpenAsync(Blue);
        var green = await CreateAndOpenAsync(Green);
        await CommitAsync(Blue, blue, 0, BatchWith(1, [Row(Blue, "one"), Row(Blue, "two")]));
        await CommitAsync(Blue, blue, 1, BatchWith(2, [], "one"));
        (await Journal.ReadLicenseAsync(new LicenseId("one"))).ShouldBeNull();

        await CommitAsync(Green, green, 0, BatchWith(3, [Row(Green, "one")]));
        (await Journal.ReadLicenseAsync(new LicenseId("one"))).ShouldNotBeNull().Pool.ShouldBe(Green);
        (await Journal.ReadLicenseAsync(new LicenseId("two"))).ShouldNotBeNull().Pool.ShouldBe(Blue);
    }

    [Fact]
    public async Task A_pool_drops_only_licenses_of_its_own()
    {
        var blue = await CreateAndOpenAsync(Blue);
        var green = await CreateAndOpenAsync(Green);
        await CommitAsync(Green, green, 0, BatchWith(1, [Row(Green, "one")]));
        await CommitAsync(Blue, blue, 0, BatchWith(2, [], "one", "nowhere"));
        (await Journal.ReadLicenseAsync(new LicenseId("one"))).ShouldNotBeNull().Pool.ShouldBe(Green);
    }

    [Fact]
    public async Task A_license_added_and_dropped_by_one_batch_is_gone()
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, BatchWith(1, [Row(Blue, "one")], "one"));
        (await Journal.ReadLicenseAsync(new LicenseId("one"))).ShouldBeNull();
    }

    [Fact]
    public async Task A_license_is_not_exchanged_by_one_batch()
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, BatchWith(1, [Row(Blue, "one")]));
        (await AppendAsync(Blue, opening, 1, BatchWith(2, [Row(Blue, "one", "new key", "new file")], "one")))
            .DuplicateLicense.ShouldBeTrue();
        (await Journal.ReadLicenseAsync(new LicenseId("one"))).ShouldNotBeNull().Key.ShouldBe("key of one");
    }

    [Fact]
    public async Task A_replaced_license_has_the_new_file_and_key_and_frees_the_old_ones()
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, BatchWith(1, [Row(Blue, "one")]));
        await CommitAsync(Blue, opening, 1, Replacing(2, Row(Blue, "one", "new key", "new file")));
        (await Journal.ReadLicenseAsync(new LicenseId("one"))).ShouldNotBeNull().Key.ShouldBe("new key");

        await CommitAsync(Blue, opening, 2, BatchWith(3, [Row(Blue, "two", "key of one", "file of one")]));
        (await AppendAsync(Blue, opening, 3, BatchWith(4, [Row(Blue, "three", "new key", "file of three")]))).DuplicateLicense.ShouldBeTrue();
    }

    [Fact]
    public async Task A_license_may_be_replaced_by_its_own_key_with_another_file()
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, BatchWith(1, [Row(Blue, "one")]));
        await CommitAsync(Blue, opening, 1, Replacing(2, Row(Blue, "one", "key of one", "new file")));
    }

    [Theory]
    [InlineData("two", "key of one", "new file")]
    [InlineData("two", "new key", "file of one")]
    [InlineData("nowhere", "new key", "new file")]
    [InlineData("green", "new key", "new file")]
    public async Task A_license_is_not_replaced_by_what_another_has_nor_where_it_is_not(string id, string key, string file)
    {
        var opening = await CreateAndOpenAsync(Blue);
        var green = await CreateAndOpenAsync(Green);
        await CommitAsync(Green, green, 0, BatchWith(1, [Row(Green, "green")]));
        await CommitAsync(Blue, opening, 0, BatchWith(1, [Row(Blue, "one"), Row(Blue, "two")]));

        var result = await AppendAsync(Blue, opening, 1, Replacing(2, Row(Blue, id, key, file)));
        (result.Outcome, result.DuplicateLicense).ShouldBe((AppendOutcome.NotWritten, true));
        (await LastVersionAsync(Blue)).ShouldBe(1);
        (await Journal.ReadLicenseAsync(new LicenseId("two"))).ShouldNotBeNull().Key.ShouldBe("key of two");
        (await Journal.ReadLicenseAsync(new LicenseId("green"))).ShouldNotBeNull().Pool.ShouldBe(Green);
    }

    [Fact]
    public async Task A_batch_that_replaces_one_license_and_adds_another_is_refused()
    {
        var opening = await CreateAndOpenAsync(Blue);
        await CommitAsync(Blue, opening, 0, BatchWith(1, [Row(Blue, "one")]));
        var both = BatchWith(2, [Row(Blue, "two")]) with { ReplacedLicenses = [Row(Blue, "one", "new key", "new file")] };
        (await AppendAsync(Blue, opening, 1, both)).Outcome.ShouldBe(AppendOutcome.NotWritten);
        (await Journal.ReadLicenseAsync(new LicenseId("two"))).ShouldBeNull();
    }

    private static JournalBatch Replacing(int seed, LicenseRow row) => BatchWith(seed, []) with { ReplacedLicenses = [row] };

    [Fact]
    public async Task Of_pools_that_add_one_license_at_once_one_gets_it()
    {
        const int Pools = 8;
        var openings = new Opening[Pools];
        for (var i = 0; i < Pools; i++)
        {
            openings[i] = await CreateAndOpenAsync(new PoolName($"pool {i}"));
        }

        var results = await Task.WhenAll(Enumerable.Range(0, Pools).Select(i =>
            AppendAsync(new PoolName($"pool {i}"), openings[i], 0, BatchWith(i, [Row(new PoolName($"pool {i}"), "one")])).AsTask()));

        results.Count(result => result == AppendResult.Committed).ShouldBe(1);
        results.Count(result => result.DuplicateLicense).ShouldBe(Pools - 1);
    }
}
