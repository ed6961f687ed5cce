using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace Berth.Server.Tracing;

/// <summary>Sends spans to the collector, and says once a minute, at the most, how many it could not send.</summary>
internal sealed class TraceSender(OtlpExporterOptions options, TimeProvider time, ILogger log) : OtlpTraceExporter(options)
{
    private static readonly TimeSpan _betweenLines = TimeSpan.FromMinutes(1);

    private readonly Uri _endpoint = options.Endpoint;
    private long _lost;
    private long? _saidAt;

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        var result = base.Export(activityBatch);
        if (result == ExportResult.Failure)
        {
            _lost += activityBatch.Count;
            Tell();
        }

        return result;
    }

    /// <summary>One thread exports, so nothing guards these.</summary>
    private void Tell()
    {
        var now = time.GetTimestamp();
        if (_saidAt is null || time.GetElapsedTime(_saidAt.Value, now) >= _betweenLines)
        {
            _saidAt = now;
            log.Lost(_lost, _endpoint);
            _lost = 0;
        }
    }
}

internal static partial class TraceSenderLog
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "traces.lost: {count} spans since the last such line could not be sent to {endpoint}: see that a collector listens there; claims go on as ever")]
    public static partial void Lost(this ILogger log, long count, Uri endpoint);
}
