namespace Berth.Protocol;

/// <summary>
/// What an operator asks about a store that may be a copy: it gives no seats until somebody answers for it. The conditions are those of
/// <see cref="IAdministration"/>.
/// </summary>
public interface IRestoredCopy
{
    /// <summary>Shows whether seats are withheld, and why.</summary>
    ValueTask<Answer<RestoredCopyState>> ShowAsync(CancellationToken stop);

    /// <summary>
    /// The operator promises that the original does not serve and will not. From then on seats are given, at once and after every
    /// start. Recorded with who asked. A store that gives its seats already is left as it is.
    /// </summary>
    ValueTask<Answer<RestoredCopyState>> ConfirmAsync(ConfirmCopyRequest request, CancellationToken stop);
}

/// <summary>Whether a store gives seats.</summary>
/// <param name="Withheld">It gives none: it is a restored copy, not confirmed.</param>
/// <param name="Why">What was seen; null: nothing.</param>
/// <param name="Since">When the copy was made, or noticed.</param>
public sealed record RestoredCopyState(bool Withheld, string? Why, DateTimeOffset? Since);

/// <summary>An operator answers for a restored copy.</summary>
/// <param name="User">Who, as the operator's machine says: at most <see cref="MaxNameLength"/> characters, none of them control.</param>
/// <param name="Host">The operator's machine; the same limits.</param>
public sealed record ConfirmCopyRequest(string? User, string? Host)
{
    /// <summary>The longest user or host, in characters.</summary>
    public const int MaxNameLength = 64;
}
