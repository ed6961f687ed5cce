using System.Diagnostics;
using Berth.Testing.Processes;

namespace Berth.Survival.Tests.Processes;

/// <summary>
/// What <c>eng/publish</c> makes, made once for a class of tests. <c>BERTH_DIST</c> names a folder that was published before.
/// </summary>
public sealed class Dist : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(10);

    private readonly TestFolder _folder = new();

    /// <summary>The folder with the program.</summary>
    public string Folder { get; private set; } = string.Empty;

    /// <summary>The program.</summary>
    public string Program => Path.Combine(Folder, "berth");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Folder = Environment.GetEnvironmentVariable("BERTH_DIST") ?? string.Empty;
        if (Folder.Length > 0)
        {
            return;
        }

        Folder = _folder.File("dist");
        var start = new ProcessStartInfo(Path.Combine(Root(), "eng", "publish"), ["--out", Folder])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var publish = Process.Start(start)!;
        var output = publish.StandardOutput.ReadToEndAsync();
        var error = publish.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        await publish.WaitForExitAsync(limit.Token);
        publish.ExitCode.ShouldBe(0, $"eng/publish failed\n{await output}\n{await error}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The nearest folder above the tests that holds the solution.</summary>
    public static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Cluster.sln: run the tests from a checkout.");
    }
}
