namespace Berth.Tidy.Tests;

public sealed class SolutionTests
{
    [Fact]
    public void Solution_lists_every_project()
    {
        var root = Repository.Root;
        var solution = File.ReadAllText(Path.Combine(root, "Cluster.sln"));
        var projects = Directory.EnumerateFiles(root, "*.csproj", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/.work/", StringComparison.Ordinal))
            .Select(Path.GetFileName)
            .ToList();
        projects.ShouldNotBeEmpty();
        foreach (var project in projects)
        {
            solution.ShouldContain(project!);
        }
    }
}
