using System.Diagnostics;

namespace Berth.Chaos.Tests;

/// <summary>One short round of each fault, with real processes and a real PostgreSQL.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const string LastLine = "faults=";
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Nothing_is_lost_sold_twice_or_leaked_whatever_fails()
    {
        Environment.IsPrivilegedProcess.ShouldBeTrue("hosts are network namespaces, which need root: run the tests as root");
        Assert.SkipUnless(await CanCutAsync(), "this kernel has no rules of nftables in a network namespace, so nobody can be cut off");
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Berth.Chaos"), ["--short"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var chaos = Process.Start(start)!;
        var error = chaos.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        var last = string.Empty;
        while (await chaos.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            output.WriteLine(line);
            last = line;
        }

        await chaos.WaitForExitAsync(limit.Token);
        output.WriteLine(await error);
        last.ShouldStartWith(LastLine);
        last.ShouldContain(" lost=0 oversold=0 leaked=0 ");
        chaos.ExitCode.ShouldBe(0);
    }

    private static async Task<bool> CanCutAsync()
    {
        using var attempt = Process.Start(new ProcessStartInfo("unshare", ["--net", "nft", "add", "table", "inet", "berth"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
        await attempt.StandardError.ReadToEndAsync();
        await attempt.WaitForExitAsync();
        return attempt.ExitCode == 0;
    }
}
