using System.Reflection;

namespace Berth.Protocol.Tests;

/// <summary>The page about the API knows every code.</summary>
public sealed class ClaimProblemCodesTests
{
    [Fact]
    public void Every_code_has_a_row_in_the_page()
    {
        var rows = File.ReadAllLines(Path.Combine(Checkout(), "docs", "api.md")).Where(line => line.StartsWith('|')).ToList();
        var codes = typeof(ClaimProblemCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(code => (string)code.GetRawConstantValue()!);
        codes.Where(code => !rows.Any(row => row.Contains($" | `{code}` | ", StringComparison.Ordinal))).ShouldBeEmpty();
    }

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
