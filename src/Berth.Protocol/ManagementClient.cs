using System.Security.Cryptography.X509Certificates;

namespace Berth.Protocol;

/// <summary>Asks a running member through its management socket or its management port.</summary>
public sealed class ManagementClient : IAdministration, IDisposable
{
    private readonly ManagementChannel _channel;

    /// <summary>A client of the member that listens on the Unix socket <paramref name="socket"/>.</summary>
    public ManagementClient(string socket, TimeProvider time)
        : this(new ManagementChannel(socket, time))
    {
    }

    /// <summary>A client of the member whose management port is at <paramref name="server"/>.</summary>
    /// <param name="server"><c>http://HOST:PORT</c> or <c>https://HOST:PORT</c>; a path is not used.</param>
    /// <param name="token">What it lets in; null: nothing is shown.</param>
    /// <param name="authorities">Whose certificates are believed; null: whom the system trusts.</param>
    /// <param name="time">Measures how long an answer takes.</param>
    public ManagementClient(Uri server, string? token, X509Certificate2Collection? authorities, TimeProvider time)
        : this(new ManagementChannel(server, token, authorities, time))
    {
    }

    private ManagementClient(ManagementChannel channel)
    {
        _channel = channel;
        Audit = new AuditClient(channel);
        Holders = new HoldersClient(channel);
        Denials = new DenialsClient(channel);
    }

    /// <summary>Where the member is asked: the socket's file, or the address of the management port.</summary>
    public string Place => _channel.Place;

    /// <inheritdoc/>
    public IAudit Audit { get; }

    /// <inheritdoc/>
    public IHolders Holders { get; }

    /// <inheritdoc/>
    public IDenials Denials { get; }

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
    public ValueTask<Answer<PolicyParts>> ChangePolicyAsync(PolicyParts change, CancellationToken stop) =>
        _channel.SendAsync(
            ManagementChannel.With(HttpMethod.Put, ManagementChannel.Uri(ManagementRoutes.Policy), change, ManagementJson.Default.PolicyParts),
            ManagementJson.Default.PolicyParts,
            stop);

    /// <inheritdoc/>
    public ValueTask<Answer<SettingListing>> ListSettingsAsync(CancellationToken stop) =>
        _channel.SendAsync(ManagementChannel.Get(ManagementRoutes.Settings), ManagementJson.Default.SettingListing, stop);

    /// <inheritdoc/>
    public IRestoredCopy RestoredCopy => new RestoredCopyClient(_channel);

    /// <inheritdoc/>
    public ICluster Cluster => new ClusterClient(_channel);

    /// <inheritdoc/>
    public IMemberLog Log => new LogClient(_channel);

    /// <inheritdoc/>
    public IRelayImport Import => new RelayImportClient(_channel);

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();
}
