namespace Berth.Simulation.Mutants.Building;

/// <summary>The sources that the simulator was built from: those of the nearest checkout above its binary.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    /// <summary>The text of a source, by its path from the root.</summary>
    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Cluster.sln: mutants need the sources.");
    }
}
