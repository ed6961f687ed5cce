using System.Diagnostics;
using Berth.Survival.Tests.Processes;

namespace Berth.Survival.Tests;

/// <summary>A machine without a network builds the product from the packages that <c>eng/vendor-packages</c> gathered, and from nothing else.</summary>
public sealed class OfflineBuildTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task A_clone_builds_and_runs_without_a_network()
    {
        var (code, text) = await BuildAsync();
        code.ShouldBe(0, text);
        text.ShouldContain("built without a network: 0.");
    }

    [Fact]
    public async Task A_package_that_is_missing_is_named()
    {
        var (code, text) = await BuildAsync("--without", "YamlDotNet");
        code.ShouldNotBe(0);
        text.ShouldContain("Unable to find package YamlDotNet");
    }

    private static async Task<(int Code, string Text)> BuildAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Dist.Root(), "eng", "offline-build"), arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var build = Process.Start(start)!;
        var output = build.StandardOutput.ReadToEndAsync();
        var error = build.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        await build.WaitForExitAsync(limit.Token);
        return (build.ExitCode, $"{await output}\n{await error}");
    }
}
