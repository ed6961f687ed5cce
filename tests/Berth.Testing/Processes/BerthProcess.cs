using System.Diagnostics;

namespace Berth.Testing.Processes;

/// <summary>How a process ended and what it said.</summary>
public sealed record ProcessEnd(int ExitCode, string Out, string Error);

/// <summary>The program as a real process, with an environment of its own. It is killed, if it still runs, when disposed.</summary>
public sealed class BerthProcess : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly List<string> _lines = [];

    private BerthProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The program as it was built, beside the tests.</summary>
    public static string Program => Path.Combine(AppContext.BaseDirectory, "berth");

    /// <summary>The process.</summary>
    public int Id => _process.Id;

    /// <summary>Starts <paramref name="program"/> in a folder, with nothing in its environment but what it is given and what .NET needs.</summary>
    public static BerthProcess Start(
        string program, string folder, IReadOnlyList<string> arguments, params ReadOnlySpan<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => !Needed(name)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new BerthProcess(Process.Start(start)!);
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ProcessEnd> RunAsync(
        string program, string folder, IReadOnlyList<string> arguments, params (string Name, string Value)[] environment)
    {
        await using var process = Start(program, folder, arguments, environment);
        return await process.EndAsync();
    }

    /// <summary>Waits for a line of standard output that holds <paramref name="text"/>.</summary>
    public async Task<string> WaitForLineAsync(string text)
    {
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            _lines.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        var end = await EndAsync();
        throw new InvalidOperationException($"No line with \"{text}\" came; exit code {end.ExitCode}\n{end.Out}\n{end.Error}");
    }

    /// <summary>Waits for a member to be ready and returns the URL of its edge.</summary>
    public async Task<Uri> WaitForEdgeAsync()
    {
        var line = await WaitForLineAsync("  edge ");
        var port = line[(line.LastIndexOf(':') + 1)..];
        await WaitForLineAsync("  seats ");
        return new Uri($"http://127.0.0.1:{port}/");
    }

    /// <summary>Asks the process to end (SIGTERM).</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for the end of the process.</summary>
    public async Task<ProcessEnd> EndAsync()
    {
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        var rest = await _process.StandardOutput.ReadToEndAsync(limit.Token);
        await _process.WaitForExitAsync(limit.Token);
        return new ProcessEnd(_process.ExitCode, string.Concat(_lines.Select(line => line + "\n")) + rest, await _error);
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

    private static bool Needed(string name) =>
        name is "PATH" or "HOME" or "TMPDIR" || name.StartsWith("DOTNET_", StringComparison.Ordinal) || name.StartsWith("COVERLET", StringComparison.Ordinal);
}
