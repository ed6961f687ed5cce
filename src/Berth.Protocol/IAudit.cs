namespace Berth.Protocol;

/// <summary>
/// The record of what happened, as it is stored. Problems and exceptions are those of <see cref="IAdministration"/>.
/// </summary>
public interface IAudit
{
    /// <summary>
    /// Lists events, the newest first, pool by pool in the order of their names, from <paramref name="next"/> of the page before (null:
    /// the first). A page may be shorter than <paramref name="limit"/>, or empty, though <see cref="AuditListing.Next"/> says that there
    /// is more: so that one call does not search for long.
    /// </summary>
    ValueTask<Answer<AuditListing>> ListAsync(AuditQuery query, string? next, int limit, CancellationToken stop);

    /// <summary>
    /// Writes the whole history to a stream. An exception, other than those of the stream: it was not finished, and what was written must
    /// not be kept.
    /// </summary>
    ValueTask<Answer<AuditWritten>> ExportAsync(Stream target, CancellationToken stop);
}
