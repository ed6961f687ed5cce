using System.Runtime.InteropServices;
using Berth.Benchmarks;
using Berth.Benchmarks.Bare;
using Berth.Benchmarks.Cluster;
using Berth.Benchmarks.Edge;
using Berth.Benchmarks.Load;
using Berth.Benchmarks.Scale;

const string usage = """
    usage: berth-bench edge       [--rounds 3] [--seconds 5] [--warmup 1] [--licenses 100000] [--only heartbeats,claims,flat,storm]
                                  [--berth product|bare] [--scratch DIR] [--check]
           berth-bench cluster    [--rounds 3] [--seconds 5] [--pools 20000] [--only forwarded,total,takeover] [--scratch DIR] [--check]
           berth-bench calibrate  [--rounds 3] [--seconds 5] [--connections 64]
           berth-bench bare       --port N --mode heartbeat|claim [--answer FILE] [--seats N]
           berth-bench load       --port N [--connections 64] [--threads 2] [--seconds 5] [--warmup 1] [--pool P] [--pools N] [--prefix X] [--puts-only]
           berth-bench storm      --port N [--claims 3000] [--limit-ms 10000] [--pool P] [--prefix X]
           berth-bench memory     [--licenses 100000] [--claims N] [--check]
           berth-bench reopen     [--licenses 100000] [--scratch DIR] [--check]
           berth-bench expiry     [--claims 100000] [--tasks 16] [--scratch DIR] [--check]
           berth-bench import     [--licenses 10000] [--scratch DIR] [--check]
    """;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, RequestStop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, RequestStop);

try
{
    var options = new Options(args.Skip(1));
    switch (args.FirstOrDefault())
    {
        case "edge": return await new EdgeBench(EdgePlan.From(options)).RunAsync(stop.Token);
        case "cluster": return await new ClusterBench(ClusterPlan.From(options)).RunAsync(stop.Token);
        case "calibrate": return await Calibration.RunAsync(options, stop.Token);
        case "bare": return await BareEndpoint.RunAsync(BarePlan.From(options), stop.Token);
        case "load": return ClaimLoad.Run(LoadPlan.From(options));
        case "storm": return Storm.Run(StormPlan.From(options));
        case "memory": return await MemoryBench.RunAsync(options);
        case "reopen": return await ReopenBench.RunAsync(options, stop.Token);
        case "reopen-part": return await ReopenPart.RunAsync(options);
        case "expiry": return await ExpiryBench.RunAsync(options, stop.Token);
        case "import": return await ImportBench.RunAsync(options, stop.Token);
        default:
            await Console.Error.WriteLineAsync(usage);
            return 2;
    }
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    await Console.Error.WriteLineAsync("stopped");
    return 130;
}
catch (BenchException failure)
{
    await Console.Error.WriteLineAsync($"error: {failure.Message}");
    return 1;
}

void RequestStop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
