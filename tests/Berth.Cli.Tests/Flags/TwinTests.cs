using Berth.Cli.Flags;
using Berth.Cli.Verbs;

namespace Berth.Cli.Tests.Flags;

public sealed class TwinTests
{
    /// <summary>Flags that only say how one call of a verb prints, or that Relay's scripts pass without effect.</summary>
    private static readonly string[] _ofOneCall = ["json", "plain", "help", "version", "pragma", "signing-secret"];

    [Fact]
    public void Every_setting_of_serve_has_a_variable_and_a_key_in_the_configuration_file()
    {
        foreach (var flag in Settings().Where(flag => flag.Name is not ("signing-secret-file" or "config")))
        {
            flag.BerthVariable.ShouldStartWith("BERTH_", customMessage: flag.Name);
            flag.InFile.ShouldBeTrue(flag.Name);
        }
    }

    [Fact]
    public void Every_setting_of_serve_stands_in_the_readme_with_its_variable()
    {
        var lines = File.ReadAllLines(Path.Combine(Checkout(), "README.md"));
        foreach (var flag in Settings())
        {
            var row = lines.FirstOrDefault(line => line.StartsWith('|') && line.Contains($"`--{flag.Name}`", StringComparison.Ordinal));
            row.ShouldNotBeNull($"README.md has no row for --{flag.Name}");
            row.ShouldContain(flag.BerthVariable ?? $"BERTH_{flag.Name.ToUpperInvariant().Replace('-', '_')}");
        }
    }

    private static IEnumerable<Flag> Settings() => ServeFlags.All.Concat(GlobalFlags.All).Where(flag => !_ofOneCall.Contains(flag.Name));

    private static string Checkout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("run the tests from a checkout");
    }
}
