using System.Diagnostics;
using Berth.Benchmarks.Load;

namespace Berth.Benchmarks.Processes;

/// <summary>A process of this run. It ends with the run: first asked by SIGTERM, then killed, always by its own id.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int TailLines = 20;
    private static readonly TimeSpan TerminateLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Queue<string> _tail = new();
    private readonly Lock _tailLock = new(); // Guards _tail: output arrives on pool threads.
    private readonly string _name;

    private ChildProcess(Process process, string name)
    {
        _process = process;
        _name = name;
    }

    /// <summary>Told of each line that it writes, on whatever thread.</summary>
    public Action<string>? OnLine { get; set; }

    public bool HasExited => _process.HasExited;

    /// <summary>User and system time so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The command that runs a .NET assembly: the host that runs this one, or whichever is in PATH.</summary>
    public static string DotnetHost =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    /// <summary>This very assembly, to be run again in a process of its own.</summary>
    public static string OwnAssembly => typeof(ChildProcess).Assembly.Location;

    /// <summary>Starts a process that goes on until it is disposed.</summary>
    public static ChildProcess Start(string file, params IEnumerable<string> arguments)
    {
        var list = arguments.ToList();
        var child = new ChildProcess(Launch(file, list), Describe(file, list));
        child._process.OutputDataReceived += (_, line) => child.Keep(line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Keep(line.Data);
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a command to its end and returns what it wrote to its standard output.</summary>
    public static async Task<string> RunAsync(string file, IEnumerable<string> arguments, TimeSpan limit, CancellationToken stop)
    {
        var list = arguments.ToList();
        using var timeout = new CancellationTokenSource(limit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        await using var child = new ChildProcess(Launch(file, list), Describe(file, list));
        try
        {
            var output = child._process.StandardOutput.ReadToEndAsync(either.Token);
            var errors = child._process.StandardError.ReadToEndAsync(either.Token);
            await child._process.WaitForExitAsync(either.Token);
            var text = await output;
            return child._process.ExitCode == 0
                ? text
                : throw new BenchException($"{child._name} ended with {child._process.ExitCode}\n{text}{await errors}".TrimEnd());
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new BenchException($"{child._name} did not end within {limit.TotalSeconds} s");
        }
    }

    /// <summary>Ends it at once, as a machine that loses power does.</summary>
    public void Kill() => _process.Kill();

    /// <summary>What it has in memory now, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The command and the last lines it wrote, for a message about its failure.</summary>
    public string Epitaph()
    {
        lock (_tailLock)
        {
            return string.Join('\n', _tail.Prepend(_name));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Libc.Kill(_process.Id, Libc.SignalTerminate);
            using var limit = new CancellationTokenSource(TerminateLimit, TimeProvider.System);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                await Console.Error.WriteLineAsync($"warning: {_name} ignored SIGTERM for {TerminateLimit.TotalSeconds} s and was killed");
                _process.Kill();
                await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(TerminateLimit, TimeProvider.System);
            }
        }

        _process.Dispose();
    }

    private static Process Launch(string file, List<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new BenchException($"{file} did not start");
    }

    private static string Describe(string file, List<string> arguments) => string.Join(' ', arguments.Prepend(file));

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        OnLine?.Invoke(line);
        lock (_tailLock)
        {
            _tail.Enqueue(line);
            if (_tail.Count > TailLines)
            {
                _tail.Dequeue();
            }
        }
    }
}
