using System.Diagnostics;

namespace Berth.Testing.Processes;

/// <summary>A member as a process of its own. It is killed, if it still runs, when disposed.</summary>
public sealed class LiveMember : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private LiveMember(Process process)
    {
        _process = process;
        Out = new OutputLines(process.StandardOutput);
        Error = new OutputLines(process.StandardError);
    }

    /// <summary>The process.</summary>
    public int Id => _process.Id;

    /// <summary>Where its edge listens, once it is ready.</summary>
    public int Port { get; private set; }

    /// <summary>Its log and what it prints.</summary>
    public OutputLines Out { get; }

    /// <summary>What it says on standard error.</summary>
    public OutputLines Error { get; }

    /// <summary>The processor time that it has used.</summary>
    public TimeSpan Worked
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a program and waits for nothing.</summary>
    public static LiveMember Launch(string program, string folder, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new LiveMember(Process.Start(start)!);
    }

    /// <summary>Waits until it is ready to answer.</summary>
    public async Task ReadyAsync()
    {
        try
        {
            var edge = await Out.WaitForAsync("  edge ");
            await Out.WaitForAsync("  seats ");
            Port = int.Parse(edge[(edge.LastIndexOf(':') + 1)..]);
        }
        catch (InvalidOperationException silent)
        {
            await Error.Reading;
            throw new InvalidOperationException($"{silent.Message}\n{Error}", silent);
        }
    }

    /// <summary>Connects to its edge.</summary>
    public Task<RawHttp> ConnectAsync() => RawHttp.ConnectAsync(Port);

    /// <summary>SIGKILL; returns once it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndAsync();
    }

    /// <summary>Sends a signal by name.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        kill.ExitCode.ShouldBe(0);
    }

    /// <summary>Waits for its end; returns its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        await _process.WaitForExitAsync(limit.Token);
        await Task.WhenAll(Out.Reading, Error.Reading).WaitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
