namespace Berth.Chaos.Runs;

/// <summary>The two builds of <c>berth</c> that members are started from.</summary>
internal static class Builds
{
    private const string Folder = "berth-next";

    /// <summary>The one beside this program.</summary>
    public static string First => Existing(Path.Combine(AppContext.BaseDirectory, "berth"));

    /// <summary>The same sources under another version.</summary>
    public static string Next => Existing(Path.Combine(AppContext.BaseDirectory, Folder, "berth"));

    private static string Existing(string program) =>
        File.Exists(program) ? program : throw new InvalidOperationException($"{program} is missing: build tests/chaos/Berth.Chaos.csproj");
}
