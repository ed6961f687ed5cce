using Berth.Pools;
using Berth.Testing.Processes;

namespace Berth.Storage.Tests;

/// <summary>A store takes the place of Relay's database. After each step a crash is tried: a copy of everything as it is then.</summary>
public sealed class RelayTakeoverTests : IDisposable
{
    private static readonly PoolName Taken = new("taken over");

    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();

    private string Database => _folder.File("relay.sqlite");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_store_is_in_place_and_the_database_beside_it(bool killed)
    {
        var dump = Make(killed);
        File.SetUnixFileMode(Database, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await using (var takeover = (await BeginAsync(Database))!)
        {
            takeover.Source.Licenses.Count.ShouldBe(2);
            await BuildAsync(takeover);
            takeover.Finish().ShouldBe(Database + ".bak");
        }

        Names(_folder.Path).ShouldBe(["relay.sqlite", "relay.sqlite.bak", "relay.sqlite.lock"]);
        RelayDatabaseFile.Dump(Database + ".bak").ShouldBe(dump);
        File.GetUnixFileMode(Database + ".bak").ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        (await BeginAsync(Database)).ShouldBeNull();
        (await PoolsAsync(Database)).ShouldContain(Taken);
    }

    [Fact]
    public async Task A_crash_after_any_step_leaves_the_one_or_the_other()
    {
        var dump = Make(killed: true);
        var images = new List<(string Step, string Path)>();
        void Take(string step)
        {
            var image = Directory.CreateDirectory(_folder.File($"image{images.Count}"));
            foreach (var file in Directory.GetFiles(_folder.Path).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
            {
                File.Copy(file, Path.Combine(image.FullName, Path.GetFileName(file)));
            }

            images.Add((step, Path.Combine(image.FullName, "relay.sqlite")));
        }

        await using (var takeover = (await BeginAsync(Database))!)
        {
            takeover.Reached = Take;
            Take("begun");
            var store = await Store.OpenAsync(takeover.Target, StoreUse.Verb, new StoreOptions());
            await store.Journal.CreatePoolAsync(Taken);
            Take("building");
            await store.DisposeAsync();
            Take("built");
            takeover.Finish();
        }

        images.Select(image => image.Step).ShouldBe(["begun", "building", "built", "copied", "backed up", "log moved", "log removed", "replaced"]);
        foreach (var (step, path) in images)
        {
            var again = await BeginAsync(path);
            (again is null).ShouldBe(step == "replaced", step);
            if (again is not null)
            {
                RelayDatabaseFile.Dump(again.Source.Licenses.Count == 2 ? await FinishAsync(again) : string.Empty).ShouldBe(dump, step);
            }

            (await PoolsAsync(path)).ShouldContain(Taken, step);
            Names(Path.GetDirectoryName(path)!).ShouldAllBe(name => step == "replaced" || !name.Contains("importing"));
            Names(Path.GetDirectoryName(path)!).ShouldContain("relay.sqlite.bak", step);
        }
    }

    [Fact]
    public async Task An_earlier_copy_is_never_overwritten()
    {
        Make(killed: true);
        await File.WriteAllTextAsync(Database + ".bak", "precious");
        await using (var takeover = (await BeginAsync(Database))!)
        {
            await BuildAsync(takeover);
            takeover.Finish().ShouldBe(Database + ".bak.1");
        }

        (await File.ReadAllTextAsync(Database + ".bak")).ShouldBe("precious");
    }

    [Fact]
    public async Task A_database_that_is_open_elsewhere_is_left_alone()
    {
        Make(killed: true);
        var before = Names(_folder.Path);
        using (RelayDatabase.Open(Database))
        {
            (await Should.ThrowAsync<StoreException>(() => BeginAsync(Database))).Message.ShouldContain("stop Keygen Relay first");
        }

        Names(_folder.Path).Except(["relay.sqlite.lock"]).ShouldBe(before);
        await using var takeover = await BeginAsync(Database);
        takeover.ShouldNotBeNull();
    }

    [Fact]
    public async Task Given_up_it_leaves_the_database_as_it_was()
    {
        var dump = Make(killed: true);
        await using (var takeover = (await BeginAsync(Database))!)
        {
            await BuildAsync(takeover);
        }

        RelayDatabaseFile.Dump(Database).ShouldBe(dump);
        File.Exists(Database + ".bak").ShouldBeFalse();
    }

    [Fact]
    public async Task A_store_that_is_still_open_is_not_put_in_place()
    {
        Make(killed: true);
        await using var takeover = (await BeginAsync(Database))!;
        await using var store = await Store.OpenAsync(takeover.Target, StoreUse.Verb, new StoreOptions());
        await store.Journal.CreatePoolAsync(Taken);
        Should.Throw<StoreException>(() => takeover.Finish()).Message.ShouldContain("still open");
    }

    private string Make(bool killed)
    {
        using (var relay = new RelayDatabaseFile(Database, killed))
        {
            relay.AddPool("cad");
            relay.Hold(relay.Add(_vendor, "cad"), "n1");
            relay.Add(_vendor);
        }

        return RelayDatabaseFile.Dump(Database);
    }

    private static Task<RelayTakeover?> BeginAsync(string path) => RelayTakeover.BeginAsync(StorageUri.OfFile(path), new StoreOptions()).AsTask();

    private static async Task BuildAsync(RelayTakeover takeover)
    {
        await using var store = await Store.OpenAsync(takeover.Target, StoreUse.Verb, new StoreOptions());
        await store.Journal.CreatePoolAsync(Taken);
    }

    private static async Task<string> FinishAsync(RelayTakeover takeover)
    {
        await using (takeover)
        {
            await BuildAsync(takeover);
            return takeover.Finish();
        }
    }

    private static async Task<IReadOnlyList<PoolName>> PoolsAsync(string path)
    {
        await using var store = await Store.OpenAsync(StorageUri.OfFile(path), StoreUse.Serve, new StoreOptions());
        return await store.Journal.ListPoolsAsync(null, 10);
    }

    private static List<string> Names(string folder) =>
        [.. Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Where(name => !name.EndsWith("-shm", StringComparison.Ordinal) && !name.EndsWith("-wal", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
