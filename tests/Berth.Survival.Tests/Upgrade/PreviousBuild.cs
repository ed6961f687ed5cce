using System.Diagnostics;
using Berth.Survival.Tests.Processes;

namespace Berth.Survival.Tests.Upgrade;

/// <summary>The program as the version before this one built it, made by <c>eng/previous</c> once for a class of tests.</summary>
public sealed class PreviousBuild : IAsyncLifetime
{
    private const int NoHistory = 3;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(10);

    private string _program = string.Empty;
    private string? _missing;

    /// <summary>The program. Skips the test where this clone has no history to build it from.</summary>
    public string Program
    {
        get
        {
            if (_missing is not null)
            {
                Assert.Skip(_missing);
            }

            return _program;
        }
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(Dist.Root(), "eng", "previous"))
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
        if (build.ExitCode == NoHistory)
        {
            _missing = (await error).Trim();
            return;
        }

        build.ExitCode.ShouldBe(0, await error);
        _program = (await output).Trim();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
