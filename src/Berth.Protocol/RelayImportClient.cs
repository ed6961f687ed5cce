namespace Berth.Protocol;

/// <summary>Has a running member take over what Keygen Relay knew.</summary>
internal sealed class RelayImportClient(ManagementChannel channel) : IRelayImport
{
    /// <inheritdoc/>
    public ValueTask<Answer<ImportedPage>> ImportAsync(ImportPage page, CancellationToken stop) =>
        channel.SendAsync(
            ManagementChannel.With(HttpMethod.Post, ManagementChannel.Uri(ManagementRoutes.Import), page, ManagementJson.Default.ImportPage),
            ManagementJson.Default.ImportedPage,
            stop);
}
