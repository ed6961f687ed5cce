using System.Reflection;
using System.Text;
using System.Text.Json;
using Berth.Server.Http;

namespace Berth.Server.Tests.Http;

/// <summary>docs/errors.md names every body that the edge refuses with, and no other.</summary>
public sealed class ErrorPageTests
{
    [Fact]
    public void Every_error_of_the_edge_stands_in_the_page()
    {
        var bodies = typeof(ReplyResults).GetFields(BindingFlags.NonPublic | BindingFlags.Static)
            .Where(field => field.FieldType == typeof(byte[]))
            .Select(field => Encoding.UTF8.GetString((byte[])field.GetValue(null)!))
            .Where(body => body.Length > 0)
            .Select(body => JsonDocument.Parse(body).RootElement.GetProperty("error").GetString());
        Rows().ShouldBe(bodies, ignoreOrder: true);
    }

    private static IEnumerable<string> Rows() => File.ReadAllLines(Path.Combine(Checkout(), "docs", "errors.md"))
        .SkipWhile(line => !line.StartsWith("## The edge", StringComparison.Ordinal))
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Split('`')[1]);

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
