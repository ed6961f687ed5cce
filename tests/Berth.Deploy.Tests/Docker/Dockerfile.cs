using System.Text.Json;
using System.Text.RegularExpressions;

namespace Berth.Deploy.Tests.Docker;

/// <summary>The instructions of a Dockerfile.</summary>
internal sealed partial class Dockerfile
{
    private readonly List<(int Stage, string Name, string Text)> _all = [];

    public Dockerfile(string text)
    {
        var stage = 0;
        foreach (var line in Continued.Replace(Comment.Replace(text, string.Empty), " ").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            stage += line.StartsWith("FROM ", StringComparison.Ordinal) ? 1 : 0;
            _all.Add((stage, line[..space], line[(space + 1)..].Trim()));
        }

        Stages = stage;
    }

    /// <summary>The product's.</summary>
    public static Dockerfile OfProduct { get; } = new(Repository.Read("docker/Dockerfile"));

    public int Stages { get; }

    /// <summary>What the instructions of a stage say; 0: before the first.</summary>
    public IReadOnlyList<string> All(string name, int stage) => [.. _all.Where(one => one.Stage == stage && one.Name == name).Select(one => one.Text)];

    /// <summary>What the last stage says once.</summary>
    public string Final(string name) => All(name, Stages).ShouldHaveSingleItem();

    /// <summary>A command in exec form: no shell is needed to run it.</summary>
    public static IReadOnlyList<string> Exec(string text) => JsonSerializer.Deserialize<List<string>>(text[text.IndexOf('[', StringComparison.Ordinal)..])!;

    /// <summary>The variables that a container starts with.</summary>
    public IReadOnlyDictionary<string, string> Environment => All("ENV", Stages).SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(word => word.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    [GeneratedRegex(@"^#.*\n", RegexOptions.Multiline, 1000)]
    private static partial Regex Comment { get; }

    [GeneratedRegex(@"\\\n\s*", RegexOptions.None, 1000)]
    private static partial Regex Continued { get; }
}
