using System.Runtime.InteropServices;
using Berth.Pools;
using Berth.Runtime.Ownership;

namespace Berth.Runtime.Routing;

/// <summary>An answer, and under which ownership it was given.</summary>
/// <param name="Reply">The answer.</param>
/// <param name="Member">The name of the member that answered; null: the only one, or nobody.</param>
/// <param name="Epoch">The ownership of the pool's shard; 0: nobody answered under any.</param>
public sealed record RoutedReply(PoolReply Reply, string? Member, Epoch Epoch)
{
    /// <summary>Which file of its license a <see cref="Granted"/> or <see cref="Renewed"/> means.</summary>
    public FileMark File { get; init; }

    /// <summary>
    /// The wall clock of the member that answered, where the answer shows times of it (Unix milliseconds); null: it is this member's.
    /// </summary>
    public long? WallMs { get; init; }
}

/// <summary>
/// Which file of a license an answer means. Whoever has read a file for an equal mark, after it was given, has that file or a newer one, and may hand it out
/// again. The default says nothing: such a file must be read each time.
/// </summary>
/// <param name="Owner">Whose number; 0: this process's own.</param>
/// <param name="Number">Grows with each change; 0: none.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FileMark(Incarnation Owner, long Number)
{
    /// <summary>A file may be kept under it.</summary>
    public bool IsKnown => Number > 0;
}
