using Berth.Testing.Metrics;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Metrics;

/// <summary>A scrape of a member that runs as a process of its own and has seen some traffic.</summary>
public sealed class RealScrape : IAsyncLifetime
{
    private readonly TestFolder _folder = new();

    /// <summary>The text.</summary>
    public string Text { get; private set; } = "";

    /// <summary>What it says.</summary>
    public ScrapedMetrics Metrics { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var vendor = new TestVendor();
        var (_, file, key) = vendor.Issue(expiry: TimeProvider.System.GetUtcNow().AddDays(5));
        await File.WriteAllBytesAsync(_folder.File("a.lic"), file);
        await File.WriteAllTextAsync(_folder.File("a.key"), key + "\n");
        await using var member = BerthProcess.Start(
            BerthProcess.Program,
            _folder.Path,
            ["serve", "-b", "127.0.0.1", "-p", "0", "--management-port", "off"],
            ("BERTH_METRICS_BIND", "127.0.0.1:0"));
        var edge = (await member.WaitForLineAsync("  edge ")).Split(' ')[^1];
        var metrics = (await member.WaitForLineAsync("  metrics ")).Split(' ')[^1];
        await member.WaitForLineAsync("  seats ");
        await RunAsync("add", "a.lic", "--public-key", vendor.PublicKey, "--pool", "cad");
        await RunAsync("claim", "n1", "--url", edge, "--pool", "cad");
        await RunAsync("claim", "n1", "--url", edge, "--pool", "cad");
        await RunAsync("claim", "n2", "--url", edge, "--pool", "cad");
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        Text = await http.GetStringAsync(metrics);
        Metrics = ScrapedMetrics.Parse(Text);
        await member.TerminateAsync();
        (await member.EndAsync()).ExitCode.ShouldBe(0);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task RunAsync(params string[] arguments) => await BerthProcess.RunAsync(BerthProcess.Program, _folder.Path, arguments);
}
