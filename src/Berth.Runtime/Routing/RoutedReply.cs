using Berth.Pools;

namespace Berth.Runtime.Routing;

/// <summary>An answer, and under which ownership it was given.</summary>
/// <param name="Reply">The answer.</param>
/// <param name="Member">The name of the member that answered; null: the only one, or nobody.</param>
/// <param name="Epoch">The ownership of the pool's shard; 0: nobody answered under any.</param>
public sealed record RoutedReply(PoolReply Reply, string? Member, Epoch Epoch);
