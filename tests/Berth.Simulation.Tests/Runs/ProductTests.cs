using System.Globalization;
using Berth.Simulation.Runs;

namespace Berth.Simulation.Tests.Runs;

/// <summary>The product under all checks, on the seeds on which every mutant must be found.</summary>
public sealed class ProductTests(ITestOutputHelper output)
{
    [Fact]
    public void Two_hundred_seeds_hold()
    {
        using var said = new StringWriter(CultureInfo.InvariantCulture);
        var code = CommandLine.Run(["--runs", "200", "--threads", "2"], said);
        output.WriteLine(said.ToString());
        code.ShouldBe(0, said.ToString());
    }
}
