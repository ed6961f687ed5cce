using Berth.Benchmarks.Load;
using Berth.Benchmarks.Processes;

namespace Berth.Benchmarks.Edge;

/// <summary>
/// The verb <c>edge</c>: Berth and the bare endpoint in turn, in one run on one machine. Servers, generators and this driver are
/// processes of their own; the driver sleeps while a round runs.
/// </summary>
internal sealed class EdgeBench(EdgePlan plan)
{
    private static readonly TimeSpan FirstLoad = TimeSpan.FromSeconds(3);

    private const string StandInNote = "; a bare endpoint stands in for Berth";
    private const int LeastClaimAnswerBytes = 3_900;

    private readonly EdgeFigures _figures = new();

    public async Task<int> RunAsync(CancellationToken stop)
    {
        var scratch = plan.Scratch is null
            ? Directory.CreateTempSubdirectory("berth-bench-").FullName
            : Directory.CreateDirectory(Path.Combine(plan.Scratch, $"berth-bench-{Environment.ProcessId}")).FullName;
        try
        {
            Console.WriteLine(Heading(scratch));
            var use = Machine.Snapshot();
            var contender = new Contender(plan, scratch);
            await HeartbeatsAsync(contender, stop);
            await ClaimsAsync(contender, scratch, stop);
            await FlatAsync(contender, "fifo", stop);
            await FlatAsync(contender, "rand", stop);
            await StormsAsync(contender, stop);
            _figures.OthersShare = use.OthersShareSince();
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        EdgeReport.Write(_figures, Console.Out);
        var missed = plan.Check ? EdgeReport.Missed(_figures) : [];
        foreach (var floor in missed)
        {
            await Console.Error.WriteLineAsync($"missed: {floor}");
        }

        return missed.Count == 0 ? 0 : 1;
    }

    private async Task HeartbeatsAsync(Contender contender, CancellationToken stop)
    {
        if (!plan.Parts.Contains("heartbeats"))
        {
            return;
        }

        await using var berth = await contender.StartAsync(Use.Heartbeats, "few", EdgePlan.FewLicenses, "fifo", stop);
        await using var bare = await BareProcess.StartAsync("heartbeat", null, null, stop);
        await CompareShapesAsync(berth, bare, stop, HttpMethod.Put, HttpMethod.Put);
        await RoundAsync(berth, EdgePlan.CountedConnections, FirstLoad);
        await RoundAsync(bare, EdgePlan.CountedConnections, FirstLoad);
        _figures.Heartbeats = await DuelAsync("heartbeats", EdgePlan.CountedConnections);
        _figures.Printed.Add(await DuelAsync("heartbeats", EdgePlan.PrintedConnections));
        await Heartbeats.ReleaseSeatsAsync(berth, EdgePlan.PrintedConnections, stop);

        Task<Duel> DuelAsync(string name, int connections) => Duel.RunAsync(
            name, connections, plan.Rounds, berth, bare, (server, count) => RoundAsync(server, count, plan.Duration));

        async Task<Sample> RoundAsync(Server server, int connections, TimeSpan duration)
        {
            await Heartbeats.HoldSeatsAsync(server, EdgePlan.PrintedConnections, stop);
            var cpu = server.Process.Cpu;
            var result = await Heartbeats.RunAsync(server, connections, duration, cycle: true, stop);
            if (result.Broken + result.Refused > 0)
            {
                throw new BenchException($"{server.Name}: {result.Refused} refused heartbeats, {result.Broken} broken connections");
            }

            var answers = result.PerSecond * duration.TotalSeconds;
            return new Sample(
                result.PerSecond, result.P50Ms, result.P99Ms, result.MaxMs, (server.Process.Cpu - cpu).TotalMicroseconds / answers, 0);
        }
    }

    private async Task ClaimsAsync(Contender contender, string scratch, CancellationToken stop)
    {
        if (!plan.Parts.Contains("claims"))
        {
            return;
        }

        await using var berth = await contender.StartAsync(Use.Claims, "few", EdgePlan.FewLicenses, "fifo", stop);
        var claimed = await AnswerShape.ProbeAsync(berth, stop, HttpMethod.Put, HttpMethod.Delete);
        var answer = Path.Combine(scratch, "answer.json");
        await File.WriteAllBytesAsync(answer, claimed[0].Body, stop);
        await using var bare = await BareProcess.StartAsync("claim", answer, null, stop);
        await CompareShapesAsync(berth, bare, stop, HttpMethod.Put, HttpMethod.Delete);
        await WarmUpAsync(stop, berth, bare);
        _figures.ClaimAnswerBytes = claimed[0].Body.Length;
        if (claimed[0].Body.Length < LeastClaimAnswerBytes)
        {
            _figures.Differences.Add($"{berth.Name} answers a claim with {claimed[0].Body.Length} bytes, not with 4 kB");
        }

        _figures.Claims = await DuelAsync("claims", EdgePlan.CountedConnections);
        _figures.Printed.Add(await DuelAsync("claims", EdgePlan.PrintedConnections));

        Task<Duel> DuelAsync(string name, int connections) => Duel.RunAsync(
            name, connections, plan.Rounds, berth, bare, (server, count) => ClaimRoundAsync(server, count, plan.Duration, stop));
    }

    private async Task FlatAsync(Contender contender, string strategy, CancellationToken stop)
    {
        if (!plan.Parts.Contains("flat"))
        {
            return;
        }

        await using var many = await contender.StartAsync(Use.Claims, "many", plan.ManyLicenses, strategy, stop);
        await using var few = await contender.StartAsync(Use.Claims, "few", EdgePlan.FewLicenses, strategy, stop);
        await WarmUpAsync(stop, many, few);
        var duel = await Duel.RunAsync(
            $"flat {strategy}", EdgePlan.CountedConnections, plan.Rounds, many, few,
            (server, count) => ClaimRoundAsync(server, count, plan.Duration, stop));
        if (strategy == "fifo")
        {
            _figures.Flat = duel;
        }
        else
        {
            _figures.Printed.Add(duel);
        }
    }

    /// <summary>Each storm meets a server that has just started, as after a power cut, and that has compiled nothing yet.</summary>
    private async Task StormsAsync(Contender contender, CancellationToken stop)
    {
        for (var i = 0; i < plan.Rounds && plan.Parts.Contains("storm"); i++)
        {
            await using var server = await contender.StartAsync(Use.Storm, "storm", EdgePlan.StormSeats / EdgePlan.SeatsEach, "fifo", stop);
            var storm = await Claims.StormAsync(server, EdgePlan.StormClaims, stop);
            _figures.Storms.Add(storm);
            Console.WriteLine($"  storm: {storm}");
        }
    }

    private async Task WarmUpAsync(CancellationToken stop, params Server[] servers)
    {
        foreach (var server in servers)
        {
            await ClaimRoundAsync(server, EdgePlan.CountedConnections, FirstLoad, stop);
        }
    }

    private async Task<Sample> ClaimRoundAsync(Server server, int connections, TimeSpan duration, CancellationToken stop)
    {
        var cpu = server.Process.Cpu;
        var result = await Claims.RunAsync(server, connections, plan.WarmUp, duration, putsOnly: false, stop);
        if (result.Errors > 0)
        {
            throw new BenchException($"{server.Name}: {result.Errors} errors, the first: {result.FirstError}");
        }

        var share = duration / (duration + plan.WarmUp);
        return new Sample(
            result.AnswersPerSecond, result.PutP50Ms, result.PutP99Ms, result.PutMaxMs,
            (server.Process.Cpu - cpu).TotalMicroseconds * share / result.Answers, result.GeneratorCpuMicrosPerAnswer);
    }

    private async Task CompareShapesAsync(Server berth, Server bare, CancellationToken stop, params HttpMethod[] methods)
    {
        // The second heartbeat and the claim are what the rounds repeat; a first PUT of a heartbeat pair is a claim and not compared.
        var last = methods.Distinct().Count() == 1 ? 1 : methods.Length;
        var ofBerth = await AnswerShape.ProbeAsync(berth, stop, methods);
        var ofBare = await AnswerShape.ProbeAsync(bare, stop, methods);
        foreach (var difference in AnswerShape.Differences(berth, bare, ofBerth.TakeLast(last), ofBare.TakeLast(last)))
        {
            _figures.Differences.Add(difference);
            Console.WriteLine($"  warning: {difference}");
        }

        if (last == 1)
        {
            await AnswerShape.ProbeAsync(berth, stop, HttpMethod.Delete);
        }
    }

    private string Heading(string scratch) =>
        $"""
        {Machine.Describe(scratch)}
        {plan.Rounds} rounds of {plan.Duration.TotalSeconds} s, {plan.WarmUp.TotalSeconds} s to warm up each claim run{(plan.StandIn ? StandInNote : "")}
        """;
}
