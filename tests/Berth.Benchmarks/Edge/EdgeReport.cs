namespace Berth.Benchmarks.Edge;

/// <summary>The table, the line that scripts read, and the floors.</summary>
internal static class EdgeReport
{
    private const double HeartbeatsFloor = 0.80;
    private const double ClaimsFloor = 0.40;
    private const double FlatFloor = 0.9;
    private const double ClaimP99LimitMs = 25;
    private const double StormLimitMs = 2000;
    private const double DisturbedFrom = 0.05;

    public static void Write(EdgeFigures figures, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(
            $"{"measure",-12} {"conn",5}  {"server",-28} {"answers/s",10} {"p50 ms",8} {"p99 ms",8} {"max ms",8} "
            + $"{"µs/answer: server",18} {"generator",10} {"ratio",6} (least to greatest)");
        IEnumerable<Duel?> counted = [figures.Heartbeats, figures.Claims, figures.Flat];
        foreach (var duel in counted.OfType<Duel>().Concat(figures.Printed))
        {
            output.WriteLine(Row(duel, duel.First, duel.OfFirst, $"{duel.Ratio,6:F3} ({duel.LeastRatio:F3} to {duel.GreatestRatio:F3})"));
            output.WriteLine(Row(duel, duel.Second, duel.OfSecond, ""));
        }

        foreach (var storm in figures.Storms)
        {
            output.WriteLine(
                $"storm        {EdgePlan.StormClaims,5}  {storm.Ms:F1} ms: {storm.Created} × 201, {storm.Gone} × 410, "
                + $"{storm.ServerErrors} × 5xx, {storm.Other} other {storm.FirstError}");
        }

        if (figures.ClaimAnswerBytes > 0)
        {
            output.WriteLine($"answer to a claim: {figures.ClaimAnswerBytes} bytes");
        }

        output.WriteLine("rates are medians of the rounds, ratios medians of the rounds' ratios");
        if (figures.OthersShare is { } others)
        {
            var verdict = others > DisturbedFrom ? ": a disturbed run" : "";
            output.WriteLine($"other processes used about {others:P0} of the machine meanwhile{verdict}");
        }

        foreach (var difference in figures.Differences)
        {
            output.WriteLine($"not a fair comparison: {difference}");
        }

        output.WriteLine();
        output.WriteLine(
            $"heartbeats_ratio={Ratio(figures.Heartbeats)} claims_ratio={Ratio(figures.Claims)} claims_flat={Ratio(figures.Flat)} "
            + $"p99_claim_ms={Text(figures.ClaimP99Ms, "F2")} storm_ms={Text(figures.StormMs, "F0")}");
    }

    /// <summary>The floors that do not hold, in words; a figure that was not measured does not hold.</summary>
    public static List<string> Missed(EdgeFigures figures)
    {
        var missed = new List<string>();
        AtLeast("heartbeats_ratio", figures.Heartbeats?.Ratio, HeartbeatsFloor);
        AtLeast("claims_ratio", figures.Claims?.Ratio, ClaimsFloor);
        AtLeast("claims_flat", figures.Flat?.Ratio, FlatFloor);
        AtMost("p99_claim_ms", figures.ClaimP99Ms, ClaimP99LimitMs);
        AtMost("storm_ms", figures.Storms.Count == 0 ? null : figures.Storms.Max(storm => storm.Ms), StormLimitMs);
        if (!figures.StormsExact)
        {
            missed.Add($"storm: not {EdgePlan.StormSeats} × 201 and {EdgePlan.StormClaims - EdgePlan.StormSeats} × 410 every time");
        }

        if (figures.Differences.Count > 0)
        {
            missed.Add("the comparison is not fair, see the warnings");
        }

        return missed;

        void AtLeast(string name, double? value, double floor)
        {
            if (value is not { } number || number < floor)
            {
                missed.Add($"{name} is {Text(value, "F3")}, the floor is {floor}");
            }
        }

        void AtMost(string name, double? value, double limit)
        {
            if (value is not { } number || number > limit)
            {
                missed.Add($"{name} is {Text(value, "F1")}, the limit is {limit}");
            }
        }
    }

    private static string Row(Duel duel, string server, IReadOnlyList<Sample> samples, string ratio)
    {
        double Median(Func<Sample, double> field) => Duel.Median(samples.Select(field));
        var driver = Median(sample => sample.DriverMicros);
        return $"{duel.Measure,-12} {duel.Connections,5}  {server,-28} {Median(sample => sample.PerSecond),10:N0} "
            + $"{Median(sample => sample.P50Ms),8:F2} {Median(sample => sample.P99Ms),8:F2} {samples.Max(sample => sample.MaxMs),8:F1} "
            + $"{Median(sample => sample.ServerMicros),18:F2} {(driver > 0 ? driver.ToString("F2") : "(wrk)"),10} {ratio}".TrimEnd();
    }

    private static string Ratio(Duel? duel) => Text(duel?.Ratio, "F3");

    private static string Text(double? value, string format) => value?.ToString(format) ?? "unmeasured";
}
