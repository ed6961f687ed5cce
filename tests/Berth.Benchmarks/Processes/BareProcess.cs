namespace Berth.Benchmarks.Processes;

/// <summary>Starts the bare endpoint in a process of its own.</summary>
internal static class BareProcess
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);

    public static async Task<Server> StartAsync(string mode, string? answer, int? seats, CancellationToken stop)
    {
        var port = Server.FreePort();
        List<string> arguments = [ChildProcess.OwnAssembly, "bare", "--port", $"{port}", "--mode", mode];
        if (answer is not null)
        {
            arguments.AddRange(["--answer", answer]);
        }

        if (seats is not null)
        {
            arguments.AddRange(["--seats", $"{seats}"]);
        }

        var server = new Server($"bare {mode}", ChildProcess.Start(ChildProcess.DotnetHost, arguments), port, Pool: null);
        try
        {
            await server.WaitUntilReadyAsync("/", StartLimit, stop);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
