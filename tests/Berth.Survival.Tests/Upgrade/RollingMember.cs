using Berth.Testing.Processes;

namespace Berth.Survival.Tests.Upgrade;

/// <summary>Where the store of a cluster is, and the secret of its members.</summary>
internal sealed record RollingSite(string Folder, string Store, string SecretFile);

/// <summary>One of three members on loopback, always at the same ports, whichever build it is started from.</summary>
internal sealed class RollingMember(string name, RollingSite site) : IAsyncDisposable
{
    private readonly int _clusterPort = NodeCalls.FreePort();
    private LiveMember? _process;

    public string Name => name;

    /// <summary>The build that it runs, or ran last.</summary>
    public string Program { get; private set; } = string.Empty;

    public int Port { get; } = NodeCalls.FreePort();

    public string Socket => Path.Combine(site.Folder, $"{name}.sock");

    /// <summary>Starts it from a build and waits until it answers.</summary>
    public async Task StartAsync(string program)
    {
        Program = program;
        _process = Launch(program);
        await _process.Out.WaitForAsync("  clock ");
    }

    /// <summary>Starts it from a build that is refused; returns its exit code and what it said.</summary>
    public async Task<(int Code, string Said)> StartRefusedAsync(string program)
    {
        await using var refused = Launch(program);
        var code = await refused.EndAsync();
        return (code, $"{refused.Out}\n{refused.Error}");
    }

    /// <summary>SIGTERM: it hands on what it has and ends well.</summary>
    public async Task StopAsync()
    {
        await _process!.SignalAsync("TERM");
        (await _process.EndAsync()).ShouldBe(0, $"{name}: {_process.Out}\n{_process.Error}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    private LiveMember Launch(string program) => LiveMember.Launch(
        program,
        site.Folder,
        [
            "serve", "--store", site.Store, "--cluster-name", "rolling", "--member-name", name, "--advertise", $"127.0.0.1:{_clusterPort}",
            "--cluster-bind", "127.0.0.1", "--cluster-port", $"{_clusterPort}", "--cluster-secret-file", site.SecretFile, "--socket", Socket,
            "--key-file", Path.Combine(site.Folder, $"{name}.key"), "--bind", "127.0.0.1", "--port", $"{Port}", "--management-port", "off",
        ],
        Site.Environment());
}
