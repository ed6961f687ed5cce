using System.Runtime;
using Berth.Benchmarks.Edge;
using Berth.Pools;

namespace Berth.Benchmarks.Scale;

/// <summary>
/// The verb <c>memory</c>: what held claims cost in a pool's state, beyond the strings of their fingerprints, which are made
/// before the first look at the heap.
/// </summary>
internal static class MemoryBench
{
    private const double MostBytesAClaim = 400;
    private const int ClaimsInOneBatch = 512;
    private const int Captures = 9;

    public static async Task<int> RunAsync(Options options)
    {
        var licenses = options.Number("licenses", 100_000);
        var claims = options.Number("claims", licenses * Crowd.SeatsEach);
        var check = options.Has("check");
        options.RefuseUnknown();
        Console.WriteLine(Machine.Describe(Path.GetTempPath()));
        var report = new ScaleReport();

        var nodes = Enumerable.Range(0, claims).Select(Crowd.Node).ToArray();
        var state = new PoolState(Crowd.Pool);
        var empty = HeapBytes();
        AddLicenses(state, licenses);
        var without = HeapBytes();
        var start = TimeProvider.System.GetTimestamp();
        Claim(state, nodes);
        var filled = TimeProvider.System.GetElapsedTime(start);
        var with = HeapBytes();
        var captureMs = Enumerable.Range(0, Captures).Select(_ => CaptureMs(state)).Min();

        var bytes = (double)(with - without) / claims;
        report.Row($"{licenses:N0} licenses of {Crowd.SeatsEach} seats, each", $"{(double)(without - empty) / licenses,10:N1} bytes");
        report.Row($"{state.ClaimCount:N0} held claims, each, beyond its fingerprint", $"{bytes,10:N1} bytes");
        report.Row("a claim decided and evolved", $"{filled.TotalMicroseconds / claims,10:N2} µs");
        report.Row("the state captured for a snapshot, the shortest of 9", captureMs);
        GC.KeepAlive(nodes);
        return await report.EndAsync(
            check, new Figure("bytes_per_claim", bytes, MostBytesAClaim), new Figure("capture_ms", captureMs));
    }

    /// <summary>The managed heap after everything that nobody refers to is gone.</summary>
    public static long HeapBytes()
    {
        for (var i = 0; i < 2; i++)
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: false);
    }

    private static void AddLicenses(PoolState state, int count)
    {
        var events = new List<PoolEvent>();
        foreach (var (command, _) in Crowd.Licenses(count))
        {
            Pool.Step(state, command, new Moment(0, 0, 0, PoolRules.Default), events);
            state.Keep();
            events.Clear();
        }
    }

    private static void Claim(PoolState state, Fingerprint[] nodes)
    {
        var events = new List<PoolEvent>();
        for (var i = 0; i < nodes.Length; i++)
        {
            var moment = new Moment(i / 100, i / 100, 0, PoolRules.Default);
            if (Pool.Step(state, new ClaimSeat(nodes[i], Who.Nobody), moment, events) is not Granted)
            {
                throw new BenchException($"claim {i} of {nodes.Length} got no seat");
            }

            if (i % ClaimsInOneBatch == 0)
            {
                state.Keep();
                events.Clear();
            }
        }

        state.Keep();
    }

    private static double CaptureMs(PoolState state)
    {
        var start = TimeProvider.System.GetTimestamp();
        var image = state.Capture();
        var took = TimeProvider.System.GetElapsedTime(start);
        GC.KeepAlive(image);
        return took.TotalMilliseconds;
    }
}
