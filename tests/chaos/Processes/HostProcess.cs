using System.Diagnostics;
using System.Globalization;
using Berth.Chaos.Hosts;
using Berth.Testing.Processes;

namespace Berth.Chaos.Processes;

/// <summary>A program that runs on a host. It is stopped by its process id.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private HostProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        Out = new OutputLines(process.StandardOutput);
        Error = new OutputLines(process.StandardError);
    }

    /// <summary>The process.</summary>
    public int Id { get; }

    /// <summary>What it prints.</summary>
    public OutputLines Out { get; }

    /// <summary>What it says on standard error.</summary>
    public OutputLines Error { get; }

    /// <summary>It has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts a program with this environment and no other.</summary>
    public static HostProcess Start(Host host, string folder, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        // nsenter becomes the program, so the id is the program's.
        var start = new ProcessStartInfo("nsenter", [.. host.Entrance, .. command])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new HostProcess(process);
    }

    /// <summary>Sends a signal by name.</summary>
    public Task SignalAsync(string signal) => SignalAsync(signal, [Id]);

    /// <summary>Sends a signal to this process and all that it has started.</summary>
    public Task SignalFamilyAsync(string signal) => SignalAsync(signal, Family());

    /// <summary>SIGKILL; returns once it is gone.</summary>
    public Task KillAsync()
    {
        _process.Kill();
        return EndAsync();
    }

    /// <summary>Waits for its end; returns its exit code. Fails with <see cref="TimeoutException"/>.</summary>
    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"process {Id} has not ended after {_patience.TotalSeconds:0} s; its last lines:\n{Tail(20)}", late);
        }

        return _process.ExitCode;
    }

    /// <summary>The last lines that it said.</summary>
    public string Tail(int lines) =>
        string.Join('\n', $"{Out}\n{Error}".Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(lines));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Stopped processes die of nothing but SIGKILL.
            await SignalFamilyAsync("KILL");
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static async Task SignalAsync(string signal, IReadOnlyList<int> processes)
    {
        // One may have ended meanwhile; the signals for the others are sent all the same.
        var (code, _, error) = await Command.TryAsync(
            "kill", ["-" + signal, .. processes.Select(id => id.ToString(CultureInfo.InvariantCulture))]);
        if (code != 0 && !error.Contains("No such process", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"kill -{signal} {string.Join(' ', processes)}: {error}");
        }
    }

    /// <summary>PostgreSQL's processes have groups of their own, so the family is looked up by who started whom.</summary>
    private List<int> Family()
    {
        var parents = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
            .Select(id => (Id: id, Parent: ParentOf(id)))
            .ToLookup(process => process.Parent, process => process.Id);
        var family = new List<int> { Id };
        for (var i = 0; i < family.Count; i++)
        {
            family.AddRange(parents[family[i]]);
        }

        return family;
    }

    private static int ParentOf(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended.
            return -1;
        }
    }
}
