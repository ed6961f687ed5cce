namespace Berth.Protocol;

/// <summary>Takes over what Keygen Relay knew, a page at a time. Conditions as for <see cref="IAdministration"/>.</summary>
public interface IRelayImport
{
    /// <summary>
    /// Takes over licenses of one pool, in order, with what was counted and who holds them; a pool that is missing is made, also by a
    /// page without licenses. What is there already with the same file is passed over, so that whoever was interrupted may begin anew.
    /// What cannot be taken over is left out and remarked upon; what can is written together, or not at all.
    /// </summary>
    ValueTask<Answer<ImportedPage>> ImportAsync(ImportPage page, CancellationToken stop);
}
