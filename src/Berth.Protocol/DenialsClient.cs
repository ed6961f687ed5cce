namespace Berth.Protocol;

/// <summary>Asks a running member which claims were denied.</summary>
internal sealed class DenialsClient(ManagementChannel channel) : IDenials
{
    public ValueTask<Answer<DenialListing>> ListAsync(string? pool, string? next, int limit, CancellationToken stop) =>
        channel.SendAsync(
            ManagementChannel.Get(ManagementRoutes.Denials, (ManagementRoutes.PoolKey, pool), (ManagementRoutes.NextKey, next), ManagementChannel.Limit(limit)),
            ManagementJson.Default.DenialListing,
            stop);

    public ValueTask<Answer<DenialTotals>> SumAsync(string? pool, CancellationToken stop) =>
        channel.SendAsync(
            ManagementChannel.Get(ManagementRoutes.DenialTotals, (ManagementRoutes.PoolKey, pool)), ManagementJson.Default.DenialTotals, stop);
}
