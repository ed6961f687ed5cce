using System.Text.Json;
using Berth.Runtime.Ownership;
using Berth.Testing.Postgres;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Processes;

/// <summary>Three members as real processes over one PostgreSQL, and verbs that ask them over their sockets.</summary>
internal sealed class ClusterSiteOfThree : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();
    private readonly Dictionary<string, BerthProcess> _members = new(StringComparer.Ordinal);
    private readonly string _store;

    private ClusterSiteOfThree(string store) => _store = store;

    public static async Task<ClusterSiteOfThree> StartAsync()
    {
        var store = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        var site = new ClusterSiteOfThree(store);
        try
        {
            await site.BeginAsync();
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    private async Task BeginAsync()
    {
        await File.WriteAllTextAsync(_folder.File("secret"), "a secret of this test only\n");
        foreach (var name in new[] { "m1", "m2", "m3" })
        {
            // A long lease: on a busy machine nobody falls silent, and none of the deaths here is noticed by it.
            _members[name] = BerthProcess.Start(
                BerthProcess.Program,
                _folder.Path,
                [
                    "serve", "--store", _store, "--member-name", name, "--cluster-secret-file", "secret", "--cluster-port", "0", "--advertise", "127.0.0.1", "--lease", "15s",
                    "-b", "127.0.0.1", "-p", "0", "--management-port", "0", "--socket", SocketOf(name), "--key-file", _folder.File($"{name}.key"),
                ]);
        }

        foreach (var member in _members.Values)
        {
            await member.WaitForLineAsync("  members ");
        }

        await UntilAsync(IsBalancedAsync);
        await UntilAsync(async () => (await RunAsync("m1", "cluster", "status")).Code == 0);
    }

    /// <summary>Looks again and again, and no longer than five minutes: dozens of shards are moved one after the other, however busy the machine is.</summary>
    /// <param name="isSo">What is waited for.</param>
    /// <param name="bringer">What is to bring it: once that has ended, there is nothing to wait for any more, and what it said is told; null: nobody.</param>
    public async Task UntilAsync(Func<Task<bool>> isSo, Task<(int Code, string Out, string Error)>? bringer = null)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        for (var began = TimeProvider.System.GetTimestamp(); !await isSo(); await timer.WaitForNextTickAsync())
        {
            TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromMinutes(5));
            (bringer?.IsCompleted == true).ShouldBeFalse(bringer?.IsCompleted == true ? $"{await bringer}" : null);
        }
    }

    public string PathOf(string name) => _folder.File(name);

    public string SocketOf(string member) => _folder.File($"berth-{member}.sock");

    /// <summary>The doctor, called for a member that is not there, where the runtime folder has the sockets of those that are.</summary>
    public async Task<string> ExamineAsync() => (await new TestShell(CommandName.Berth, ("RUNTIME_DIRECTORY", _folder.Path)).RunAsync(
        "doctor", "--store", _store, "--cluster-secret-file", _folder.File("secret"), "--advertise", "127.0.0.1", "--member-name", "m4",
        "--key-file", _folder.File("m4.key"), "-b", "127.0.0.1")).Out;

    /// <summary>Licenses for a pool, through a member.</summary>
    public async Task AddAsync(string pool, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _vendor.IssueTo(_folder, $"{pool}-{i}");
            (await RunAsync("m1", "add", _folder.File($"{pool}-{i}.lic"), "--public-key", _vendor.PublicKey, "--pool", pool)).Code.ShouldBe(0);
        }
    }

    /// <summary>A verb in this process, asked of a member.</summary>
    public Task<(int Code, string Out, string Error)> RunAsync(string member, params string[] verb) =>
        new TestShell(CommandName.Berth).RunAsync([.. verb, "--socket", SocketOf(member)]);

    /// <summary>The same with an end, and with a person who answers.</summary>
    public async Task<(int Code, string Out, string Error)> AttendAsync(string member, string? typed, CancellationToken stop, params string[] verb)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        using var input = typed is null ? null : new StringReader(typed);
        var shell = new TestShell(CommandName.Berth).Shell(output, errors) with { In = input, Stop = stop };
        var code = await CommandRun.RunAsync(shell, [.. verb, "--socket", SocketOf(member)]);
        return (code, output.ToString(), errors.ToString());
    }

    /// <summary>The same, for machines.</summary>
    public async Task<(int Code, JsonElement Json)> JsonAsync(string member, params string[] verb)
    {
        var (code, text, error) = await RunAsync(member, [.. verb, "--json"]);
        text.ShouldNotBeEmpty(error);
        return (code, JsonDocument.Parse(text).RootElement);
    }

    /// <summary>A process of its own, that may be ended by a signal.</summary>
    public BerthProcess Launch(string member, params string[] verb) =>
        BerthProcess.Start(BerthProcess.Program, _folder.Path, [.. verb, "--socket", SocketOf(member)]);

    /// <summary>Its process ends at once.</summary>
    public async Task KillAsync(string member)
    {
        await _members[member].DisposeAsync();
        _members.Remove(member);
    }

    public async Task<ProcessEnd> EndOfAsync(string member)
    {
        var end = await _members[member].EndAsync();
        _members.Remove(member);
        return end;
    }

    /// <summary>Every shard is where it belongs among three members.</summary>
    private async Task<bool> IsBalancedAsync()
    {
        var (code, listing) = await JsonAsync("m1", "shards", "ls");
        return code == 0 && listing.GetProperty("shards").EnumerateArray().All(shard =>
            shard.TryGetProperty("owner", out var owner)
            && owner.GetString() == new[] { "m1", "m2", "m3" }.MaxBy(name => Assignment.WeightOf(shard.GetProperty("shard").GetInt32(), name)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members.Values)
        {
            await member.DisposeAsync();
        }

        _folder.Dispose();
    }
}
