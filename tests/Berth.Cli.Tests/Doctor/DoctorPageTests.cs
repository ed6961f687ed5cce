using Berth.Cli.Doctor;

namespace Berth.Cli.Tests.Doctor;

/// <summary>The page about the checks has each of them, in order, and no other.</summary>
public sealed class DoctorPageTests
{
    [Fact]
    public void The_page_has_an_entry_for_each_check()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("run the tests from a checkout");
        }

        var headings = File.ReadAllLines(Path.Combine(folder.FullName, "docs", "doctor.md"))
            .Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => line[4..]);
        headings.ShouldBe(CheckNames.All);
    }
}
