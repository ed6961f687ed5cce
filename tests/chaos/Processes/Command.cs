using System.Diagnostics;

namespace Berth.Chaos.Processes;

/// <summary>Runs a program of the system to its end.</summary>
internal static class Command
{
    /// <summary>No command of the harness may take longer: 60 s.</summary>
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    /// <summary>Its standard output. Fails with <see cref="InvalidOperationException"/> when it ends with another code than 0.</summary>
    public static async Task<string> RunAsync(string program, params IReadOnlyList<string> arguments)
    {
        var (code, output, error) = await TryAsync(program, arguments);
        return code == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {code}: {error}{output}");
    }

    /// <summary>How it ended and what it said.</summary>
    public static async Task<(int Code, string Output, string Error)> TryAsync(string program, params IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        })!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(_limit, TimeProvider.System);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = await process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, error);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} has not ended after {_limit.TotalSeconds:0} s", late);
        }
    }
}
