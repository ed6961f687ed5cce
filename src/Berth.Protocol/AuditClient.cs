namespace Berth.Protocol;

/// <summary>Asks a running member for its record.</summary>
internal sealed class AuditClient(ManagementChannel channel) : IAudit
{
    /// <inheritdoc/>
    public ValueTask<Answer<AuditListing>> ListAsync(AuditQuery query, string? next, int limit, CancellationToken stop) =>
        channel.SendAsync(
            ManagementChannel.Get(
                ManagementRoutes.Audit,
                (ManagementRoutes.PoolKey, query.Pool),
                (ManagementRoutes.FingerprintKey, query.Node),
                (ManagementRoutes.LicenseKey, query.License),
                (ManagementRoutes.EventKey, query.Event),
                (ManagementRoutes.NextKey, next),
                ManagementChannel.Limit(limit)),
            ManagementJson.Default.AuditListing,
            stop);

    /// <inheritdoc/>
    public async ValueTask<Answer<AuditWritten>> ExportAsync(Stream target, CancellationToken stop)
    {
        var copied = await channel.CopyAsync(ManagementChannel.Get(ManagementRoutes.AuditExport), target, stop);
        return copied.Problem is { } problem ? problem : new AuditWritten(copied.Bytes);
    }
}
