using System.Reflection;
using Berth.Cli.Access;
using Berth.Protocol;

namespace Berth.Cli.Tests.Access;

/// <summary>docs/errors.md says of every code what the program does, and of nothing else.</summary>
public sealed class ErrorPageTests
{
    private static readonly string[] _codes =
    [
        .. typeof(ProblemCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!),
    ];

    [Fact]
    public void The_page_has_a_row_for_each_code_with_its_status_and_exit_code()
    {
        var rows = Rows().ToList();
        rows.Select(row => row[0]).ShouldBe(_codes.Select(code => $"`{code}`"), ignoreOrder: true);
        foreach (var row in rows)
        {
            var code = row[0].Trim('`');
            var status = ProblemKinds.Find(code)!.Status;
            (row[1], row[2]).ShouldBe(($"{status}", $"{(int)Answers.Failure(new Problem(code, status, "x")).Code}"), code);
            row[3].Length.ShouldBeGreaterThan(10, code);
            row[4].Length.ShouldBeGreaterThan(10, code);
        }
    }

    [Fact]
    public void Every_code_has_one_kind() => ProblemKinds.All.Select(kind => kind.Code).ShouldBe(_codes, ignoreOrder: true);

    private static IEnumerable<string[]> Rows() => File.ReadAllLines(Path.Combine(Checkout(), "docs", "errors.md"))
        .SkipWhile(line => line != "## Problems").TakeWhile(line => line != "## Repeating a request")
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]);

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
