namespace Berth.Protocol;

/// <summary>
/// Which claims were denied. The conditions of <see cref="IAdministration"/> hold. What was denied in the last five seconds may be
/// missing, and so is everything where denials are not counted (<c>--no-audit</c>).
/// </summary>
public interface IDenials
{
    /// <summary>
    /// Lists the denials of a pool, or of all (null), from <paramref name="next"/> of the page before (null: the first). One that
    /// happens again between two pages may be missing.
    /// </summary>
    ValueTask<Answer<DenialListing>> ListAsync(string? pool, string? next, int limit, CancellationToken stop);

    /// <summary>Adds the denials of a pool, or of all (null), up by reason.</summary>
    ValueTask<Answer<DenialTotals>> SumAsync(string? pool, CancellationToken stop);
}
