namespace Berth.Tidy.Tests;

/// <summary>Files of the product are short as a rule, not only below the cap: median at most 90 lines, 90 % at most 200.</summary>
public sealed class FileDistributionTests
{
    [Fact]
    public void Product_files_are_short()
    {
        var lengths = Checkout.Product.ToDictionary(source => source.Path, source => source.Lines);
        lengths.ShouldNotBeEmpty();
        Violations(lengths).ShouldBeEmpty();
    }

    [Fact]
    public void A_long_median_is_reported_with_its_offenders() =>
        Violations(Lengths(10, 91, 92)).ShouldBe(["the median is 91 lines, at most 90: f2.cs 92, f1.cs 91"]);

    [Fact]
    public void A_long_tail_is_reported_with_its_offenders() =>
        Violations(Lengths(1, 2, 3, 4, 5, 6, 7, 8, 201, 300))
            .ShouldBe(["the 90th percentile is 201 lines, at most 200: f9.cs 300, f8.cs 201"]);

    [Fact]
    public void One_long_file_in_ten_is_not_reported() =>
        Violations(Lengths(1, 2, 3, 4, 90, 91, 91, 91, 200, 400)).ShouldBeEmpty();

    private static List<string> Violations(IReadOnlyDictionary<string, int> lengths)
    {
        var found = new List<string>();
        Limit("median", 50, 90);
        Limit("90th percentile", 90, 200);
        return found;

        void Limit(string name, int percent, int limit)
        {
            var sorted = lengths.Values.Order().ToList();
            var value = sorted[((percent * sorted.Count) + 99) / 100 - 1];
            if (value > limit)
            {
                var offenders = lengths.Where(file => file.Value > limit).OrderByDescending(file => file.Value);
                found.Add($"the {name} is {value} lines, at most {limit}: "
                    + string.Join(", ", offenders.Select(file => $"{file.Key} {file.Value}")));
            }
        }
    }

    private static Dictionary<string, int> Lengths(params int[] lines) =>
        lines.Index().ToDictionary(file => $"f{file.Index}.cs", file => file.Item);
}
