using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Server.Management;

namespace Berth.Server.Tests.Management;

public sealed class RowBatchesTests
{
    private static readonly byte[] _mebibyte = new byte[1 << 20];

    [Theory]
    [InlineData(0, new int[0])]
    [InlineData(1, new[] { 1 })]
    [InlineData(7, new[] { 7 })]
    [InlineData(8, new[] { 7, 1 })]
    [InlineData(15, new[] { 7, 7, 1 })]
    public void Files_and_keys_together_stay_below_the_limit_and_in_order(int count, int[] batches)
    {
        // Seven with their keys fit, eight do not.
        var rows = Enumerable.Range(0, count).Select(i => new LicenseRow(new($"l{i}"), PoolName.Global, _mebibyte, "key")).ToList();
        var cut = RowBatches.Of(rows, row => row).ToList();
        cut.Select(batch => batch.Count).ShouldBe(batches);
        cut.SelectMany(batch => batch).ShouldBe(rows);
        cut.ShouldAllBe(batch => batch.Sum(row => row.File.Length + row.Key.Length) <= RowBatches.MaxBytes);
    }

    [Fact]
    public void What_is_too_large_for_any_batch_has_one_of_its_own()
    {
        var large = new LicenseRow(new("l"), PoolName.Global, new byte[RowBatches.MaxBytes + 1], "key");
        var small = large with { File = new byte[1] };
        RowBatches.Of([small, large, small], row => row).Select(batch => batch.Count).ShouldBe([1, 1, 1]);
    }
}
