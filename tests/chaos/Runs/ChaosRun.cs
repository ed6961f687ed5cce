using System.Globalization;
using Berth.Chaos.Checks;
using Berth.Chaos.Faults;
using Berth.Chaos.History;
using Berth.Chaos.Hosts;
using Berth.Chaos.Report;

namespace Berth.Chaos.Runs;

/// <summary>One run: a cluster, faults, and what came of them.</summary>
internal sealed class ChaosRun(Request request, string folder, TextWriter to)
{
    /// <summary>Of so many rounds one more ends with a cluster of its own that loses what it had acknowledged.</summary>
    private const int RoundsPerEnd = 7;

    /// <summary>How long a pool may go without a new claim after a fault is mended.</summary>
    private static readonly TimeSpan _mending = TimeSpan.FromSeconds(60);

    private readonly Tally _tally = new();
    private readonly Network _network = new();
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private int _scenes;

    /// <summary>0: everything held; 1: something did not.</summary>
    public async Task<int> RunAsync()
    {
        await to.WriteLineAsync($"seed {request.Seed}");
        await _network.BuildAsync();
        var deck = new Deck([.. request.Faults.Where(fault => !fault.EndsScene)], new Random(request.Seed));
        if (request.Faults.Any(fault => !fault.EndsScene))
        {
            await RunSceneAsync(scene => RunRoundsAsync(scene, deck), leaks: true);
        }

        foreach (var last in request.Faults.Where(fault => fault.EndsScene))
        {
            for (var time = 0; time < (request.Rounds + RoundsPerEnd - 1) / RoundsPerEnd && MayGoOn(); time++)
            {
                await RunSceneAsync(scene => RunFaultAsync(scene, last, time + 1), leaks: false);
            }
        }

        return await ConcludeAsync();
    }

    private bool MayGoOn() =>
        _time.GetElapsedTime(_started) < request.Longest && _tally.Violations.All(violation => violation.Kind != ViolationKind.Broken);

    private async Task RunRoundsAsync(Scene scene, Deck deck)
    {
        for (var round = 1; round <= request.Rounds; round++)
        {
            foreach (var fault in request.IsShort ? deck.Whole() : deck.Round())
            {
                if (!MayGoOn())
                {
                    return;
                }

                await RunFaultAsync(scene, fault, round);
            }
        }
    }

    private async Task RunSceneAsync(Func<Scene, Task> faultsAsync, bool leaks)
    {
        var files = Directory.CreateDirectory(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"scene{++_scenes}"))).FullName;
        var setup = new SceneSetup
        {
            Folder = files,
            Network = _network,
            Program = Builds.First,
            NextProgram = Builds.Next,
            Seed = request.Seed + _scenes,
            Prefix = string.Create(CultureInfo.InvariantCulture, $"s{_scenes}"),
        };
        var began = _time.GetTimestamp();
        if (await TryBuildAsync(setup) is not { } built)
        {
            return;
        }

        await using var scene = built;
        await SayAsync($"scene {_scenes}: {scene.Members.Count} members and PostgreSQL after {_time.GetElapsedTime(began).TotalSeconds:0.0} s");
        try
        {
            await faultsAsync(scene);
            if (leaks)
            {
                var found = await EndAsync(scene);
                _tally.Add(found);
                await SayAsync(found);
            }
        }
        finally
        {
            _tally.Operations += scene.Recorder.Count;
            await scene.WriteLogsAsync();
        }
    }

    private static async Task<IReadOnlyList<Violation>> EndAsync(Scene scene)
    {
        try
        {
            return await new Ending(scene).CheckAsync();
        }
        catch (Exception failed)
        {
            return [new Violation(ViolationKind.Broken, scene.Recorder.Now, $"what is left could not be looked at: {failed}")];
        }
    }

    /// <summary>Null: it could not be built.</summary>
    private async Task<Scene?> TryBuildAsync(SceneSetup setup)
    {
        try
        {
            return await Scene.BuildAsync(setup);
        }
        catch (InvalidOperationException failed)
        {
            Violation[] broken = [new(ViolationKind.Broken, TimeSpan.Zero, $"the cluster could not be built: {failed.Message}")];
            _tally.Add(broken);
            await SayAsync(broken);
            return null;
        }
    }

    private async Task RunFaultAsync(Scene scene, Fault fault, int round)
    {
        var report = new FaultReport(fault.Name);
        var (from, before) = (scene.Recorder.Now, scene.Recorder.Count);
        var epochs = await scene.Tables.EpochsAsync();
        try
        {
            await fault.RunAsync(scene, report);
            if (!fault.EndsScene)
            {
                report.Healed(
                    await scene.Probes.UntilServedAsync(scene.ProbePools, scene.Members, scene.Recorder.Now, _mending), scene.Recorder.Now);
                await scene.Probes.FinishAsync();
                report.Violate(Acknowledged.CheckEpochs(epochs, await scene.Tables.EpochsAsync(), scene.Recorder.Now));
            }
        }
        catch (Exception failed)
        {
            report.Violate(new Violation(ViolationKind.Broken, scene.Recorder.Now, $"{fault.Name} could not be done or mended: {failed}"));
        }

        // Where the store has forgotten what it had acknowledged, what counts begins anew.
        var counted = scene.Recorder.All().Where(operation => operation.Verb == Verb.Release || operation.Sent >= (report.Forgotten ?? TimeSpan.Zero)).ToList();
        var found = Promises.Check(counted, scene.Licenses.Seats, from, scene.Setup.Ttl);
        if (fault.EndsScene)
        {
            // Renewals from the older state are the fault itself; seats given since are what the fault checks.
            report.Note($"{found.Count} times nodes were told of older claims");
        }
        else
        {
            report.Violate(found);
        }

        _tally.Add(report);
        var took = scene.Recorder.Now - from;
        await SayAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"round {round} {fault.Name}: {report.Notes}; {scene.Recorder.Count - before} requests in {took.TotalSeconds:0.0} s"));
        await SayAsync(report.Violations);
    }

    private async Task<int> ConcludeAsync()
    {
        var missed = request.IsShort ? [] : _tally.Missed().ToList();
        foreach (var floor in missed)
        {
            await SayAsync("MISSED " + floor);
        }

        await SayAsync($"{_tally.Violations.Count} violations after {_time.GetElapsedTime(_started).TotalSeconds:0} s");
        await SayAsync(_tally.ToString());
        return _tally.Violations.Count > 0 || missed.Count > 0 ? 1 : 0;
    }

    private async Task SayAsync(IReadOnlyList<Violation> violations)
    {
        foreach (var violation in violations.Take(20))
        {
            await SayAsync(string.Create(CultureInfo.InvariantCulture, $"  VIOLATION {violation.Kind} at {violation.At.TotalSeconds:0.000}: {violation.What}"));
        }
    }

    private async Task SayAsync(string line)
    {
        await to.WriteLineAsync(line);
        await to.FlushAsync();
    }
}
