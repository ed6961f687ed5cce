namespace Berth.Protocol;

/// <summary>Asks a running member who holds seats.</summary>
internal sealed class HoldersClient(ManagementChannel channel) : IHolders
{
    public ValueTask<Answer<HolderListing>> ListAsync(string? pool, string? next, int limit, CancellationToken stop) =>
        channel.SendAsync(
            ManagementChannel.Get(ManagementRoutes.Holders, (ManagementRoutes.PoolKey, pool), (ManagementRoutes.NextKey, next), ManagementChannel.Limit(limit)),
            ManagementJson.Default.HolderListing,
            stop);

    public ValueTask<Answer<HolderListing>> FindAsync(string fingerprint, string? pool, CancellationToken stop) =>
        channel.SendAsync(
            ManagementChannel.Get(ManagementRoutes.Holder, (ManagementRoutes.FingerprintKey, fingerprint), (ManagementRoutes.PoolKey, pool)),
            ManagementJson.Default.HolderListing,
            stop);

    public ValueTask<Answer<TakenSeat>> ReleaseAsync(string pool, string fingerprint, TakeSeatRequest request, CancellationToken stop) =>
        channel.SendAsync(
            ManagementChannel.With(
                HttpMethod.Post,
                ManagementChannel.Uri(ManagementRoutes.HolderRelease, (ManagementRoutes.PoolKey, pool), (ManagementRoutes.FingerprintKey, fingerprint)),
                request,
                ManagementJson.Default.TakeSeatRequest),
            ManagementJson.Default.TakenSeat,
            stop);
}
