using Berth.Testing;
using Berth.Testing.Processes;

namespace Berth.Deploy.Tests.Machine;

/// <summary>Asks a process over HTTP, where it says that it listens.</summary>
internal static class Probe
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    /// <summary>Asks until the answer has this status. A member that has just joined is ready a moment later.</summary>
    /// <param name="output">What the process prints.</param>
    /// <param name="line">Which of its lines ends in the port.</param>
    /// <param name="path">What is asked for.</param>
    /// <param name="status">The status that is waited for.</param>
    public static async Task AnswersAsync(OutputLines output, string line, string path, int status)
    {
        var told = await output.WaitForAsync(line);
        await output.WaitForAsync("  clock ");
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            await using var connection = await RawHttp.ConnectAsync(int.Parse(told[(told.LastIndexOf(':') + 1)..]));
            await connection.SendAsync($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            var answer = await connection.ReadAsync();
            if (answer.Status == status)
            {
                return;
            }

            if (limit.IsCancellationRequested)
            {
                throw new InvalidOperationException($"{path} answers {answer.Status} and not {status}:\n{output}");
            }

            await poll.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
