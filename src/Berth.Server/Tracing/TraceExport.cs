using System.Diagnostics;
using Berth.Runtime.Tracing;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Berth.Server.Tracing;

/// <summary>Traces are made and sent while this is there. Whoever makes a span never waits: what does not fit into the queue is thrown away.</summary>
public sealed class TraceExport : IDisposable
{
    private const int QueuedSpans = 4_096;
    private const int SentTogether = 512;
    private const int SendEveryMs = 1_000;
    private const int CallLimitMs = 5_000;
    private const int LastCallLimitMs = 2_000;

    private readonly TracerProvider _provider;

    private TraceExport(TracerProvider provider) => _provider = provider;

    /// <summary>Begins to listen to the spans of this process.</summary>
    public static TraceExport Start(TraceOptions options, TimeProvider time, ILoggerFactory logs)
    {
        var isGrpc = options.Endpoint.Port == TraceOptions.GrpcPort;
        var sender = new TraceSender(
            new OtlpExporterOptions
            {
                Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
                Endpoint = isGrpc || options.Endpoint.AbsolutePath != "/" ? options.Endpoint : new Uri(options.Endpoint, "/v1/traces"),
                TimeoutMilliseconds = CallLimitMs,
            },
            time,
            logs.CreateLogger("berth.traces"));
        var queue = new BatchActivityExportProcessor(sender, QueuedSpans, SendEveryMs, CallLimitMs, SentTogether);
        return new TraceExport(Sdk.CreateTracerProviderBuilder()
            .AddSource(Traces.SourceName)
            .ConfigureResource(resource => resource.Clear().AddService("berth", serviceVersion: options.Version, serviceInstanceId: options.Member))
            .SetSampler(new TraceSampler(options.Ratio))
            .AddProcessor(queue)
            .Build());
    }

    /// <summary>Sends what is left, for two seconds at the most, and listens no more.</summary>
    public void Dispose()
    {
        _provider.Shutdown(LastCallLimitMs);
        _provider.Dispose();
    }
}
