using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Scenarios;

/// <summary>
/// Calls of one member's store that a script holds in its hand: each takes effect, is answered or is lost when the script says so, and
/// not before.
/// </summary>
internal sealed class KeptCalls(SimulatedMember member, Func<StoreOperation, bool> which)
{
    private readonly List<StoreCall> _calls = [];

    /// <summary>The most that are kept; those made after that go their ordinary way.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>In the order in which they were made.</summary>
    public IReadOnlyList<StoreCall> Calls => _calls;

    /// <summary>The first one.</summary>
    public StoreCall First => _calls[0];

    /// <summary>One is there.</summary>
    public bool Any => _calls.Count > 0;

    /// <summary>From here on nothing more is kept.</summary>
    public bool IsOver { get; set; }

    public bool Keeps(StoreCall call)
    {
        if (IsOver || _calls.Count >= Most || call.Process != member.Process || !which(call.Operation))
        {
            return false;
        }

        _calls.Add(call);
        return true;
    }
}
