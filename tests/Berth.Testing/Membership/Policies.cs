using Berth.Pools;

namespace Berth.Testing.Membership;

/// <summary>Policies that members may be started with.</summary>
public static class Policies
{
    /// <summary>Every part is set.</summary>
    public static readonly PolicyException All = new(TimeSpan.FromMilliseconds(90_001), Strategy.Rand, Heartbeats: false);
}
