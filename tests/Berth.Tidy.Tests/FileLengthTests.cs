namespace Berth.Tidy.Tests;

/// <summary>A file has at most 400 lines. Budgets.txt lists the exceptions: such a file may only shrink, and its number with it.</summary>
public sealed class FileLengthTests
{
    private const int Cap = 400;
    private const string Budgets = "tests/Berth.Tidy.Tests/Budgets.txt";

    [Fact]
    public void Files_are_within_their_budget()
    {
        var lengths = Checkout.All.ToDictionary(source => source.Path, source => source.Lines);
        lengths.ShouldNotBeEmpty();
        Violations(lengths, Checkout.Read(Budgets)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(401, "", "a.cs has 401 lines, at most 400")]
    [InlineData(451, "a.cs 450", "a.cs has grown to 451 lines from 450")]
    [InlineData(449, "a.cs 450", "a.cs has shrunk to 449 lines: lower its entry")]
    [InlineData(400, "a.cs 450", "a.cs has 400 lines: remove its entry")]
    [InlineData(10, "b.cs 450", "b.cs is not there: remove its entry")]
    [InlineData(10, "a.cs", "not an entry: a.cs")]
    [InlineData(450, "a.cs 450\na.cs 450", "a.cs is listed twice")]
    public void A_bad_length_or_entry_is_reported(int lines, string budgets, string expected) =>
        Violations(new Dictionary<string, int> { ["a.cs"] = lines }, budgets).ShouldContain(expected);

    [Theory]
    [InlineData(400, "")]
    [InlineData(450, "# why\n\na.cs 450\n")]
    public void A_length_within_the_budget_is_not_reported(int lines, string budgets) =>
        Violations(new Dictionary<string, int> { ["a.cs"] = lines }, budgets).ShouldBeEmpty();

    private static List<string> Violations(IReadOnlyDictionary<string, int> lengths, string budgets)
    {
        var found = new List<string>();
        var allowed = Entries(budgets, found);
        foreach (var (path, budget) in allowed)
        {
            if (!lengths.TryGetValue(path, out var lines))
            {
                found.Add($"{path} is not there: remove its entry");
            }
            else if (lines <= Cap)
            {
                found.Add($"{path} has {lines} lines: remove its entry");
            }
            else if (lines != budget)
            {
                found.Add(lines > budget
                    ? $"{path} has grown to {lines} lines from {budget}"
                    : $"{path} has shrunk to {lines} lines: lower its entry");
            }
        }

        found.AddRange(lengths.Where(file => file.Value > Cap && !allowed.ContainsKey(file.Key))
            .Select(file => $"{file.Key} has {file.Value} lines, at most {Cap}"));
        return found;
    }

    private static Dictionary<string, int> Entries(string budgets, List<string> found)
    {
        var entries = new Dictionary<string, int>();
        foreach (var line in budgets.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (line[0] == '#')
            {
                continue;
            }

            if (words.Length != 2 || !int.TryParse(words[1], out var lines))
            {
                found.Add($"not an entry: {line}");
            }
            else if (!entries.TryAdd(words[0], lines))
            {
                found.Add($"{words[0]} is listed twice");
            }
        }

        return entries;
    }
}
