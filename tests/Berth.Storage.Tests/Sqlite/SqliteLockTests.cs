using System.Diagnostics;
using Berth.Storage.Sqlite;

namespace Berth.Storage.Tests.Sqlite;

public sealed class SqliteLockTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(StoreUse.Serve)]
    [InlineData(StoreUse.Verb)]
    public async Task A_served_file_is_refused_with_the_process_that_serves_it(StoreUse use)
    {
        using var child = new ChildProcess("hold", _folder.Database);
        (await child.ReadLineAsync()).ShouldBe("held");

        var error = await Should.ThrowAsync<StoreHeldException>(async () => await _folder.OpenAsync(use));
        error.Holder.Pid.ShouldBe(child.Id);
        error.Holder.Kind.ShouldBe("serve");
        error.Holder.Socket.ShouldBe(_folder.Database + ".sock");
        error.Message.ShouldStartWith($"database {_folder.Database} is served by process {child.Id} since 2");
    }

    [Fact]
    public async Task A_killed_process_holds_nothing()
    {
        using var child = new ChildProcess("hold", _folder.Database);
        (await child.ReadLineAsync()).ShouldBe("held");
        await child.KillAsync();
        await using var store = await _folder.OpenAsync(StoreUse.Serve);
        store.Epoch.Value.ShouldBe(2);
    }

    [Fact]
    public async Task The_lock_file_can_be_read_while_it_is_locked_and_names_nobody_after()
    {
        await using (var store = await _folder.OpenAsync(StoreUse.Serve, new StoreOptions { Socket = "/run/x.sock" }))
        {
            var holder = SqliteLock.ReadHolder(_folder.Database).ShouldNotBeNull();
            (holder.Pid, holder.Kind, holder.Socket).ShouldBe((Environment.ProcessId, "serve", "/run/x.sock"));
            var start = new ProcessStartInfo("cat", [_folder.Database + ".lock"]) { RedirectStandardOutput = true, UseShellExecute = false };
            using var cat = Process.Start(start);
            (await cat!.StandardOutput.ReadToEndAsync()).ShouldContain("\"kind\":\"serve\"");
        }

        SqliteLock.ReadHolder(_folder.Database).ShouldBeNull();
        (await File.ReadAllTextAsync(_folder.Database + ".lock")).ShouldNotContain("x.sock");
    }

    [Fact]
    public async Task One_process_holds_a_file_once()
    {
        await using var store = await _folder.OpenAsync(StoreUse.Serve);
        var error = await Should.ThrowAsync<StoreHeldException>(async () => await _folder.OpenAsync(StoreUse.Serve));
        error.Holder.Pid.ShouldBe(Environment.ProcessId);
    }

    [Fact]
    public async Task Another_name_of_the_file_has_the_same_lock()
    {
        await using var store = await _folder.OpenAsync(StoreUse.Serve);
        var link = _folder.Database + ".link";
        File.CreateSymbolicLink(link, _folder.Database);
        await Should.ThrowAsync<StoreHeldException>(async () =>
            await Store.OpenAsync(StorageUri.OfFile(link), StoreUse.Serve, new StoreOptions()));
    }

    [Fact]
    public async Task A_verb_is_waited_for()
    {
        var verb = await _folder.OpenAsync(StoreUse.Verb);
        var ended = Task.CompletedTask;
        var clock = new SkippingClock(passed =>
        {
            if (passed >= TimeSpan.FromSeconds(9) && ended.IsCompletedSuccessfully)
            {
                ended = verb.DisposeAsync().AsTask();
                ended.Wait();
            }
        });
        await using var store = await _folder.OpenAsync(StoreUse.Serve, new StoreOptions { Time = clock });
        store.Epoch.Value.ShouldBe(2);
    }

    [Fact]
    public async Task A_verb_is_not_waited_for_longer_than_ten_seconds()
    {
        await using var verb = await _folder.OpenAsync(StoreUse.Verb);
        var waited = TimeSpan.Zero;
        var options = new StoreOptions { Time = new SkippingClock(passed => waited = passed) };
        var error = await Should.ThrowAsync<StoreHeldException>(async () => await _folder.OpenAsync(StoreUse.Serve, options));
        error.Holder.Kind.ShouldBe("verb");
        error.Message.ShouldContain($"in use by process {Environment.ProcessId}");
        waited.ShouldBeInRange(TimeSpan.FromSeconds(9.9), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_lock_of_somebody_who_says_nothing_is_told_after_ten_seconds()
    {
        await using var silent = new FileStream(_folder.Database + ".lock", FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var options = new StoreOptions { Time = new SkippingClock(_ => { }) };
        var error = await Should.ThrowAsync<StoreException>(async () => await _folder.OpenAsync(StoreUse.Serve, options));
        error.ShouldNotBeOfType<StoreHeldException>();
        error.Message.ShouldContain(".lock");
    }

    [Fact]
    public async Task What_a_killed_holder_left_does_not_hold()
    {
        await File.WriteAllTextAsync(_folder.Database + ".lock", """{"pid":1,"since":"2026-01-01T00:00:00+00:00","kind":"serve"}""");
        await using var store = await _folder.OpenAsync(StoreUse.Serve);
        SqliteLock.ReadHolder(_folder.Database).ShouldNotBeNull().Pid.ShouldBe(Environment.ProcessId);
    }
}
