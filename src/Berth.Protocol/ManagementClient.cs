namespace Berth.Protocol;

/// <summary>Asks a running member through its management socket.</summary>
public sealed class ManagementClient : IAdministration, IDisposable
{
    private readonly ManagementChannel _channel;

    /// <summary>A client of the member that listens on the Unix socket <paramref name="socket"/>.</summary>
    public ManagementClient(string socket, TimeProvider time)
    {
        _channel = new ManagementChannel(socket, time);
        Audit = new AuditClient(_channel);
    }

    /// <inheritdoc/>
    public IAudit Audit { get; }

    /// <inheritdoc/>
    public ValueTask<Answer<ServerDescription>> DescribeServerAsync(CancellationToken stop) =>
        _channel.SendAsync(ManagementChannel.Get(ManagementRoutes.Server), ManagementJson.Default.ServerDescription, stop);

    /// <inheritdoc/>
    public ValueTask<Answer<AddedLicenses>> AddLicensesAsync(AddLicensesRequest request, CancellationToken stop) =>
        _channel.SendAsync(
            ManagementChannel.With(HttpMethod.Post, ManagementChannel.Uri(ManagementRoutes.Licenses), request, ManagementJson.Default.AddLicensesRequest),
            ManagementJson.Default.AddedLicenses,
            stop);

    /// <inheritdoc/>
    public ValueTask<Answer<RemovedLicense>> RemoveLicenseAsync(string id, CancellationToken stop) =>
        _channel.SendAsync(
            new HttpRequestMessage(HttpMethod.Delete, ManagementChannel.Uri(ManagementRoutes.License, (ManagementRoutes.IdKey, id))),
            ManagementJson.Default.RemovedLicense,
            stop);

    /// <inheritdoc/>
    public ValueTask<Answer<LicenseListing>> ListLicensesAsync(string? pool, string? next, int limit, CancellationToken stop) =>
        _channel.SendAsync(
            ManagementChannel.Get(ManagementRoutes.Licenses, (ManagementRoutes.PoolKey, pool), (ManagementRoutes.NextKey, next), ManagementChannel.Limit(limit)),
            ManagementJson.Default.LicenseListing,
            stop);

    /// <inheritdoc/>
    public ValueTask<Answer<LicenseEntry>> FindLicenseAsync(string id, CancellationToken stop) =>
        _channel.SendAsync(ManagementChannel.Get(ManagementRoutes.License, (ManagementRoutes.IdKey, id)), ManagementJson.Default.LicenseEntry, stop);

    /// <inheritdoc/>
    public ValueTask<Answer<PoolListing>> ListPoolsAsync(string? next, int limit, CancellationToken stop) =>
        _channel.SendAsync(ManagementChannel.Get(ManagementRoutes.Pools, (ManagementRoutes.NextKey, next), ManagementChannel.Limit(limit)), ManagementJson.Default.PoolListing, stop);

    /// <inheritdoc/>
    public ValueTask<Answer<PoolEntry>> FindPoolAsync(string pool, CancellationToken stop) =>
        _channel.SendAsync(ManagementChannel.Get(ManagementRoutes.Pool, (ManagementRoutes.PoolKey, pool)), ManagementJson.Default.PoolEntry, stop);

    /// <inheritdoc/>
    public ValueTask<Answer<PoolEntry>> SetExceptionAsync(string pool, PolicyParts exception, CancellationToken stop) =>
        _channel.SendAsync(
            ManagementChannel.With(
                HttpMethod.Put,
                ManagementChannel.Uri(ManagementRoutes.PoolException, (ManagementRoutes.PoolKey, pool)),
                exception,
                ManagementJson.Default.PolicyParts),
            ManagementJson.Default.PoolEntry,
            stop);

    /// <inheritdoc/>
    public ValueTask<Answer<PolicyParts>> ShowPolicyAsync(CancellationToken stop) =>
        _channel.SendAsync(ManagementChannel.Get(ManagementRoutes.Policy), ManagementJson.Default.PolicyParts, stop);

    /// <inheritdoc/>
    public IRestoredCopy RestoredCopy => new RestoredCopyClient(_channel);

    /// <inheritdoc/>
    public IRelayImport Import => new RelayImportClient(_channel);

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();
}
