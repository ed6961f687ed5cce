using Berth.Storage.Sqlite;

namespace Berth.Storage.Tests.Sqlite;

public sealed class SqliteCheckpointsTests
{
    [Theory]
    [InlineData(0, 4_096, 4_096)]
    [InlineData(int.MaxValue - 9, 10, 20)]
    [InlineData(int.MaxValue, 0, 1)]
    public void Pages_are_counted_beyond_the_end_of_the_counter(int before, int now, int pages) =>
        SqliteCheckpoints.Since(before, now).ShouldBe(pages);
}
