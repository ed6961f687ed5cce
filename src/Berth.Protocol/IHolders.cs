namespace Berth.Protocol;

/// <summary>Who holds seats. The conditions of <see cref="IAdministration"/> hold.</summary>
public interface IHolders
{
    /// <summary>Lists the holders of a pool, or of all (null), from <paramref name="next"/> of the page before (null: the first).</summary>
    ValueTask<Answer<HolderListing>> ListAsync(string? pool, string? next, int limit, CancellationToken stop);

    /// <summary>
    /// What a node holds in a pool, or in all (null): at most <see cref="ManagementRoutes.MaxPage"/> seats, one of each pool.
    /// <see cref="ProblemCodes.HolderNotFound"/> when that is none.
    /// </summary>
    ValueTask<Answer<HolderListing>> FindAsync(string fingerprint, string? pool, CancellationToken stop);

    /// <summary>
    /// Takes a node's seat away. It is free at once, the node's next renewal is refused, and so is every claim of it in this pool
    /// until the cool-down is over. <see cref="ProblemCodes.HolderNotFound"/> when the node holds none there.
    /// </summary>
    ValueTask<Answer<TakenSeat>> ReleaseAsync(string pool, string fingerprint, TakeSeatRequest request, CancellationToken stop);
}
