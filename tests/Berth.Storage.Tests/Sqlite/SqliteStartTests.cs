using Berth.Storage.Sqlite;

namespace Berth.Storage.Tests.Sqlite;

public sealed class SqliteStartTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Six_processes_start_fifty_times_each_on_a_fresh_file_at_once()
    {
        const int Processes = 6;
        const int Starts = 50;
        var children = Enumerable.Range(0, Processes).Select(_ => new ChildProcess("starts", _folder.Database, $"{Starts}")).ToList();
        try
        {
            var said = await Task.WhenAll(children.Select(child => child.ReadToEndAsync()));
            var lines = said.SelectMany(text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(line => line.Split(' ')).ToList();
            lines.Select(line => line[0]).Distinct().ShouldHaveSingleItem();
            lines.Select(line => int.Parse(line[1])).Order().ShouldBe(Enumerable.Range(1, Processes * Starts));
        }
        finally
        {
            children.ForEach(child => child.Dispose());
        }

        await using var store = await _folder.OpenAsync(StoreUse.Read);
        (await store.Journal.ListPoolsAsync(null, 1000)).Count.ShouldBe(Processes * Starts);
    }

    [Fact]
    public async Task The_schema_is_made_once_even_by_writers_that_no_lock_keeps_apart()
    {
        const int Writers = 6;
        const int Rounds = 10;
        for (var round = 0; round < Rounds; round++)
        {
            var path = $"{_folder.Database}.{round}";
            SqliteFile.CreateMissing(path);
            using var start = new Barrier(Writers);
            var entries = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    using var database = SqliteDatabase.Open(path, SqliteAccess.ReadWrite);
                    return SqliteSchema.Enter(database, TimeProvider.System);
                },
                TaskCreationOptions.LongRunning)));
            entries.Select(entry => entry.ClusterId).Distinct().ShouldHaveSingleItem();
            entries.Select(entry => entry.Incarnation).Order().ShouldBe(Enumerable.Range(1, Writers).Select(n => (long)n));
        }
    }

    [Fact]
    public async Task Whatever_a_killed_process_acknowledged_is_there()
    {
        var acknowledged = 0L;
        for (var round = 0; round < 4; round++)
        {
            using var child = new ChildProcess("append", _folder.Database);
            for (var i = 0; i < 30 * (round + 1); i++)
            {
                acknowledged = long.Parse((await child.ReadLineAsync()).ShouldNotBeNull());
            }

            // The last line may be cut short.
            var rest = await child.KillAsync();
            var whole = rest.Split('\n')[..^1];
            acknowledged = whole.Length > 0 ? long.Parse(whole[^1]) : acknowledged;

            await using var store = await _folder.OpenAsync(StoreUse.Read);
            var records = await store.Journal.ReadAsync(new("blue"), 0, int.MaxValue);
            records.Count.ShouldBeInRange((int)acknowledged, (int)acknowledged + 1);
            records.Select(record => BitConverter.ToInt64(record.Bytes.Span)).ShouldBe(Enumerable.Range(1, records.Count).Select(n => (long)n));
        }
    }
}
