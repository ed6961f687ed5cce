namespace Berth.Protocol;

/// <summary>Asks a running member about a restored copy.</summary>
internal sealed class RestoredCopyClient(ManagementChannel channel) : IRestoredCopy
{
    /// <inheritdoc/>
    public ValueTask<Answer<RestoredCopyState>> ShowAsync(CancellationToken stop) =>
        channel.SendAsync(ManagementChannel.Get(ManagementRoutes.RestoredCopy), ManagementJson.Default.RestoredCopyState, stop);

    /// <inheritdoc/>
    public ValueTask<Answer<RestoredCopyState>> ConfirmAsync(ConfirmCopyRequest request, CancellationToken stop) =>
        channel.SendAsync(
            ManagementChannel.With(
                HttpMethod.Post,
                ManagementChannel.Uri(ManagementRoutes.RestoredCopyConfirmation),
                request,
                ManagementJson.Default.ConfirmCopyRequest),
            ManagementJson.Default.RestoredCopyState,
            stop);
}
