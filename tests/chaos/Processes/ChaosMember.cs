using System.Globalization;
using System.Net;
using Berth.Chaos.Hosts;

namespace Berth.Chaos.Processes;

/// <summary>What all members of a cluster are started with.</summary>
/// <param name="Program">The first build of <c>berth</c>.</param>
/// <param name="NextProgram">The build that a rolling restart changes to.</param>
/// <param name="Store">Where the store is, as <c>--store</c> takes it.</param>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="SecretFile">The cluster's secret.</param>
/// <param name="Lease">The member lease.</param>
/// <param name="Ttl">How long a node may stay silent.</param>
internal sealed record MemberSetup(
    string Program, string NextProgram, string Store, string Cluster, string SecretFile, TimeSpan Lease, TimeSpan Ttl);

/// <summary>One member on a host of its own. It may run or not.</summary>
internal sealed class ChaosMember(string name, Host host, string folder, MemberSetup setup) : IAsyncDisposable
{
    private const int EdgePort = 6349;
    private const int ClusterPort = 6350;

    private readonly List<HostProcess> _former = [];

    /// <summary>What the cluster calls it.</summary>
    public string Name => name;

    /// <summary>Where it runs.</summary>
    public Host Host => host;

    /// <summary>The folder of its key, its socket and its log.</summary>
    public string Folder => folder;

    /// <summary>Its management socket.</summary>
    public string Socket => Path.Combine(folder, "berth.sock");

    /// <summary>Where nodes ask it.</summary>
    public IPEndPoint Edge { get; } = new(IPAddress.Parse(host.Address), EdgePort);

    /// <summary>The program that it is started from next.</summary>
    public string Program { get; set; } = setup.Program;

    /// <summary>Its wall clock, where that can be stepped.</summary>
    public FakedClock? Clock { get; init; }

    /// <summary>The running process; null: it was not started, or has ended.</summary>
    public HostProcess? Process { get; private set; }

    /// <summary>How many lines of all its processes hold a text.</summary>
    public int Count(string text) =>
        _former.Sum(process => process.Out.Count(text)) + (Process?.Out.Count(text) ?? 0);

    /// <summary>Starts it and waits for nothing.</summary>
    public void Launch()
    {
        Directory.CreateDirectory(folder);
        Process = HostProcess.Start(host, folder, [Program, .. Arguments()], Environment());
    }

    /// <summary>Starts it and waits until it answers. Fails with what it said.</summary>
    public async Task StartAsync()
    {
        Launch();
        await ReadyAsync();
    }

    /// <summary>Waits until it answers. Fails with what it said.</summary>
    public async Task ReadyAsync()
    {
        try
        {
            await Process!.Out.WaitForAsync("  clock ");
        }
        catch (Exception silent) when (silent is InvalidOperationException or OperationCanceledException)
        {
            throw new InvalidOperationException($"member {name} did not become ready:\n{Process!.Tail(30)}", silent);
        }
    }

    /// <summary>SIGKILL; returns once it is gone.</summary>
    public async Task KillAsync()
    {
        await Process!.KillAsync();
        Forget();
    }

    /// <summary>SIGTERM; returns its exit code once it has ended.</summary>
    public async Task<int> LeaveAsync()
    {
        await Process!.SignalAsync("TERM");
        var code = await Process.EndAsync();
        Forget();
        return code;
    }

    /// <summary>Sends a signal by name.</summary>
    public Task SignalAsync(string signal) => Process!.SignalAsync(signal);

    /// <summary>Runs a verb of <c>berth</c> on its host against its management socket.</summary>
    public async Task<string> RunVerbAsync(params IReadOnlyList<string> words) =>
        await Command.RunAsync("nsenter", [.. host.Entrance, Program, .. words, "--socket", Socket]);

    /// <summary>All lines of all its processes.</summary>
    public async Task WriteLogAsync()
    {
        var all = _former.Concat(Process is null ? [] : [Process]).Select(process => $"== process {process.Id}\n{process.Out}\n{process.Error}\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "log"), string.Concat(all));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Process is not null)
        {
            await Process.DisposeAsync();
        }

        foreach (var process in _former)
        {
            await process.DisposeAsync();
        }
    }

    private void Forget()
    {
        _former.Add(Process!);
        Process = null;
    }

    private IReadOnlyList<string> Arguments() =>
    [
        "serve",
        "--store", setup.Store,
        "--cluster-name", setup.Cluster,
        "--member-name", name,
        "--advertise", string.Create(CultureInfo.InvariantCulture, $"{host.Address}:{ClusterPort}"),
        "--cluster-bind", host.Address,
        "--cluster-port", ClusterPort.ToString(CultureInfo.InvariantCulture),
        "--cluster-secret-file", setup.SecretFile,
        "--lease", Seconds(setup.Lease),
        "--socket", Socket,
        "--key-file", Path.Combine(folder, "audit.key"),
        "--bind", host.Address,
        "--port", EdgePort.ToString(CultureInfo.InvariantCulture),
        "--management-port", "off",
        "--ttl", Seconds(setup.Ttl),
        "--cull-interval", "1s",
    ];

    private Dictionary<string, string> Environment()
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var kept in new[] { "PATH", "HOME", "TMPDIR", "DOTNET_ROOT" })
        {
            if (System.Environment.GetEnvironmentVariable(kept) is { } value)
            {
                all[kept] = value;
            }
        }

        foreach (var (variable, value) in Clock?.Environment ?? [])
        {
            all[variable] = value;
        }

        return all;
    }

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0}s");
}
