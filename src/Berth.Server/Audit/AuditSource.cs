using Berth.Runtime.Audit;
using Berth.Runtime.Journal;

namespace Berth.Server.Audit;

/// <summary>What an export is made from.</summary>
/// <param name="Journal">The history.</param>
/// <param name="Cluster">The cluster's id.</param>
/// <param name="Signer">Who signs it; null: nobody. Asked for each export.</param>
/// <param name="Gate">Keeps retention away meanwhile.</param>
/// <param name="Time">Dates it.</param>
public sealed record AuditSource(IJournal Journal, string Cluster, Func<AuditSigner?> Signer, HistoryGate Gate, TimeProvider Time)
{
    /// <summary>Writes an export. Fails as <see cref="AuditExport.WriteAsync"/> does.</summary>
    public async Task<ExportedAudit> WriteAsync(Stream target, CancellationToken stop)
    {
        using var reading = await Gate.ReadAsync(stop);
        return await AuditExport.WriteAsync(Journal, Cluster, Signer(), Time, target, stop);
    }
}
