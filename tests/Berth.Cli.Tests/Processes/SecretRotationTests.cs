using Berth.Testing.Postgres;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Processes;

/// <summary>Three members that share a PostgreSQL get another secret while they serve.</summary>
public sealed class SecretRotationTests : IAsyncDisposable
{
    private const string Old = "0000111122223333444455556666777788889999aaaabbbbccccddddeeeeffff";
    private const string New = "ffffeeeeddddccccbbbbaaaa9999888877776666555544443333222211110000";
    private const string Followed = "cluster.secret: the first secret of this member's file is the one that the cluster goes by";

    private static readonly string[] _pools = ["p0", "p1", "p2", "p3"];

    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();
    private readonly CancellationTokenSource _enough = new();
    private readonly Dictionary<string, LiveMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _ports = new(StringComparer.Ordinal);
    private string _store = "";
    private int _answered;

    /// <summary>While a member stops and starts, its own callers are turned away.</summary>
    private volatile string? _restarting;

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members.Values)
        {
            await member.DisposeAsync();
        }

        _enough.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Members_change_their_secret_step_by_step_under_traffic_and_restarts()
    {
        _store = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        foreach (var name in new[] { "m0", "m1", "m2" })
        {
            Write(name, Old);
            await StartAsync(name);
        }

        await AddAsync();
        var traffic = Task.WhenAll(_members.Keys.Select(TrafficAsync));

        await StepAsync("m0", $"{Old}\n{New}");
        await RestartAsync("m1");
        await StepAsync("m1", $"{Old}\n{New}");
        await StepAsync("m2", $"{Old}\n{New}");

        await StepAsync("m0", $"{New}\n{Old}");
        await RestartAsync("m1");
        await RestartAsync("m0");
        await StepAsync("m1", $"{New}\n{Old}");
        await StepAsync("m2", $"{New}\n{Old}");

        await StepAsync("m0", New);
        await RestartAsync("m2");
        await RestartAsync("m0");
        await StepAsync("m1", New);
        await StepAsync("m2", New);

        var sofar = Volatile.Read(ref _answered);
        while (Volatile.Read(ref _answered) < sofar + 30)
        {
            await Task.Yield();
        }

        await _enough.CancelAsync();
        await traffic;
        _members.Values.ShouldAllBe(member => member.Out.Count("cluster.strangers") == 0);

        Write("m3", Old);
        await using var late = Launch("m3");
        (await late.EndAsync()).ShouldNotBe(0);
        late.Error.ToString().ShouldContain("The secret of this member is not the one of cluster");
    }

    /// <summary>Claims of every pool at one member: all but one member's hop to another.</summary>
    private async Task TrafficAsync(string name)
    {
        for (var i = 0; !_enough.IsCancellationRequested; i = (i + 1) % _pools.Length)
        {
            var away = _restarting;
            using var calls = new NodeCalls(new Uri($"http://127.0.0.1:{_ports[name]}/"));
            try
            {
                var (status, body) = await calls.PutAsync($"node-{name}", _pools[i]);
                status.ShouldBeOneOf(away is null && _restarting is null ? [201, 202] : [201, 202, 503], $"{name}: {body}");
                Interlocked.Increment(ref _answered);
            }
            catch (HttpRequestException) when (away == name || _restarting == name)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>The operator writes a member's file, and waits until the member says that it follows.</summary>
    private async Task StepAsync(string name, string secrets)
    {
        var followed = _members[name].Out.Count(Followed);
        Write(name, secrets);
        await _members[name].Out.WaitForAsync(Followed, followed + 1);
    }

    private async Task RestartAsync(string name)
    {
        _restarting = name;
        await _members[name].SignalAsync("TERM");
        (await _members[name].EndAsync()).ShouldBe(0);
        _members[name].Out.Count("cluster.strangers").ShouldBe(0);
        await StartAsync(name);
        _restarting = null;
    }

    private async Task StartAsync(string name)
    {
        _ports.TryAdd(name, NodeCalls.FreePort());
        _members[name] = Launch(name);
        await _members[name].Out.WaitForAsync("  clock ");
    }

    private LiveMember Launch(string name) => LiveMember.Launch(
        BerthProcess.Program,
        _folder.Path,
        [
            "serve", "--store", _store, "-b", "127.0.0.1", "-p", $"{_ports.GetValueOrDefault(name)}", "--member-name", name, "--advertise", "127.0.0.1:0",
            "--cluster-bind", "127.0.0.1", "--cluster-port", "0", "--cluster-secret-file", _folder.File(name), "--socket", _folder.File(name + ".sock"),
            "--management-port", "off", "--key-file", _folder.File(name + ".key"),
        ],
        Site.Environment());

    private async Task AddAsync()
    {
        foreach (var pool in _pools)
        {
            _vendor.IssueTo(_folder, pool, machines: 10);
            var end = await BerthProcess.RunAsync(
                BerthProcess.Program,
                _folder.Path,
                ["add", $"{pool}.lic", "--public-key", _vendor.PublicKey, "--pool", pool, "--seats", "max", "--socket", _folder.File("m0.sock")]);
            end.ExitCode.ShouldBe(0, end.Error);
        }
    }

    private void Write(string name, string secrets)
    {
        File.WriteAllText(_folder.File("next"), secrets + "\n");
        File.Move(_folder.File("next"), _folder.File(name), overwrite: true);
    }
}
