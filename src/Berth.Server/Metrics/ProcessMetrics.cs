using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Berth.Server.Metrics;

/// <summary>What is told of the process: what any program tells, under the names that boards know.</summary>
internal static class ProcessMetrics
{
    private const string Handles = "/proc/self/fd";

    private static readonly double _startedAt = StartedAt();

    private static readonly string _build = string.Join(
        ',',
        MetricsText.Label("version", typeof(ProcessMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown"),
        MetricsText.Label("runtime", RuntimeInformation.FrameworkDescription));

    public static void Write(MetricsText text)
    {
        text.Gauge("berth_build_info", "Always 1; the labels say what runs.");
        text.Sample(1, _build);
        text.Counter("process_cpu_seconds_total", "Processor time that the process has used.");
        text.Sample(Environment.CpuUsage.TotalTime.TotalSeconds);
        text.Gauge("process_resident_memory_bytes", "Memory that the process has in use.");
        text.Sample(Environment.WorkingSet);
        text.Gauge("process_start_time_seconds", "When the process was started (Unix time).");
        text.Sample(_startedAt);
        text.Gauge("process_open_fds", "File handles that are open.");
        WriteHandles(text);
        WriteRuntime(text);
    }

    private static void WriteHandles(MetricsText text)
    {
        if (Directory.Exists(Handles))
        {
            text.Sample(Directory.EnumerateFileSystemEntries(Handles).Count());
        }
    }

    private static void WriteRuntime(MetricsText text)
    {
        text.Counter("dotnet_gc_collections_total", "Garbage collections, by the oldest generation that was collected.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            var older = generation < GC.MaxGeneration ? GC.CollectionCount(generation + 1) : 0;
            text.Sample(GC.CollectionCount(generation) - older, MetricsText.Label("generation", generation.ToString(CultureInfo.InvariantCulture)));
        }

        text.Counter("dotnet_gc_pause_seconds_total", "How long garbage collections have stopped the process.");
        text.Sample(GC.GetTotalPauseDuration().TotalSeconds);
        text.Counter("dotnet_gc_allocated_bytes_total", "What was allocated.");
        text.Sample(GC.GetTotalAllocatedBytes());
        text.Gauge("dotnet_gc_heap_bytes", "The heap, garbage included.");
        text.Sample(GC.GetTotalMemory(forceFullCollection: false));
        text.Gauge("dotnet_threadpool_threads", "Threads of the pool.");
        text.Sample(ThreadPool.ThreadCount);
        text.Gauge("dotnet_threadpool_queue_length", "Work that waits for a thread of the pool.");
        text.Sample(ThreadPool.PendingWorkItemCount);
    }

    private static double StartedAt()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0;
    }
}
