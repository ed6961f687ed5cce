namespace Berth.Benchmarks.Processes;

/// <summary>A database with licenses in it, made once and served as often as needed. One folder, removed with it.</summary>
internal sealed record SeededStore(string Folder, int Licenses, int SeatsEach)
{
    public string Database => Path.Combine(Folder, "berth.sqlite");
}

/// <summary>
/// Everything that is known here about the product: its assembly and its command lines. The rest of the bench sees a
/// <see cref="Server"/> that speaks HTTP.
/// </summary>
internal sealed class BerthProcess(string scratch)
{
    private const string Pool = "bench";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SeedLimit = TimeSpan.FromMinutes(15);

    /// <summary>Issues and adds the licenses through the command line. A license file is about 3,000 bytes, 4 kB in base64.</summary>
    public async Task<SeededStore> SeedAsync(string name, int licenses, int seatsEach, CancellationToken stop)
    {
        var store = new SeededStore(Directory.CreateDirectory(Path.Combine(scratch, name)).FullName, licenses, seatsEach);
        foreach (var arguments in CommandLines(store).Seed)
        {
            await ChildProcess.RunAsync(ChildProcess.DotnetHost, arguments.Prepend(Assembly()), SeedLimit, stop);
        }

        return store;
    }

    public async Task<Server> ServeAsync(SeededStore store, string strategy, CancellationToken stop)
    {
        var port = Server.FreePort();
        var process = ChildProcess.Start(ChildProcess.DotnetHost, CommandLines(store, strategy, port).Serve.Prepend(Assembly()));
        var server = new Server($"berth {store.Licenses}×{store.SeatsEach} {strategy}", process, port, Pool);
        try
        {
            await server.WaitUntilReadyAsync("/readyz", StartLimit, stop);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A long name in the license makes the file about 3,000 bytes, which is 4 kB in base64.</summary>
    private static (string[][] Seed, string[] Serve) CommandLines(SeededStore store, string strategy = "fifo", int port = 0)
    {
        var key = Path.Combine(store.Folder, "vendor.key");
        var files = Path.Combine(store.Folder, "licenses");
        return (
            [
                ["license", "keygen", key],
                ["license", "issue", "--vendor-key", key, "--count", $"{store.Licenses}", "--seats", $"{store.SeatsEach}",
                    "--name", new string('n', 1500), "--out", files],
                ["add", files, "--public-key", key + ".pub", "--database", store.Database, "--pool", Pool, "--seats", $"{store.SeatsEach}"],
            ],
            ["serve", "--database", store.Database, "--bind", "127.0.0.1", "--port", $"{port}", "--strategy", strategy]);
    }

    /// <summary>Runs one command line of the product and says how long that took, its start included.</summary>
    public static async Task<TimeSpan> TimeAsync(IEnumerable<string> arguments, CancellationToken stop)
    {
        var began = TimeProvider.System.GetTimestamp();
        await ChildProcess.RunAsync(ChildProcess.DotnetHost, arguments.Prepend(Assembly()), SeedLimit, stop);
        return TimeProvider.System.GetElapsedTime(began);
    }

    /// <summary>Starts the product with one command line, to go on until it is disposed.</summary>
    public static ChildProcess Start(params IEnumerable<string> arguments) => ChildProcess.Start(ChildProcess.DotnetHost, arguments.Prepend(Assembly()));

    private static string Assembly()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
            {
                var assembly = Path.Combine(folder.FullName, "src/Berth.Cli/bin/Release/net10.0/berth.dll");
                return File.Exists(assembly)
                    ? assembly
                    : throw new BenchException($"{assembly} is missing: build Release, or use ./eng/bench");
            }
        }

        throw new BenchException("no folder above the program holds Cluster.sln: run it from a checkout");
    }
}
