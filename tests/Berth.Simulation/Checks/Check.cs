using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Checks;

/// <summary>
/// One property that must hold at every step. A check is told what happens at the instant it happens, keeps what it needs, and says
/// what is wrong. It never touches the cluster.
/// </summary>
internal abstract class Check
{
    /// <summary>Reports that the property does not hold.</summary>
    public required Action<string> Violated { get; init; }

    /// <summary>An operation took effect on the shared store, in its order.</summary>
    public virtual void OnStore(StoreCall call)
    {
    }

    /// <summary>A process was told how its store operation ended.</summary>
    public virtual void OnStoreAnswer(StoreCall call)
    {
    }

    /// <summary>A node has sent a request.</summary>
    public virtual void OnSent(NodeRequest request)
    {
    }

    /// <summary>A request has come to the edge of a member. It may come twice.</summary>
    public virtual void OnArrived(NodeRequest request)
    {
    }

    /// <summary>The owner gave an answer to a request of a node or an operator: to the node itself or to the member that asked.</summary>
    public virtual void OnGiven(GivenAnswer answer)
    {
    }

    /// <summary>A node has the answer to its request. It still waited for it.</summary>
    public virtual void OnAnswered(NodeRequest request, RoutedAnswer answer)
    {
    }

    /// <summary>A node waits no more for the answer.</summary>
    public virtual void OnGivenUp(NodeRequest request)
    {
    }

    /// <summary>A member's process started, stood still, went on or ended.</summary>
    public virtual void OnMember(SimulatedMember member, MemberChange change)
    {
    }

    /// <summary>The store is again what it was at a mark.</summary>
    public virtual void OnWentBack(StoreMark mark)
    {
    }

    /// <summary>From here on nothing fails any more; nodes go on.</summary>
    public virtual void OnQuiet()
    {
    }

    /// <summary>From here on no node asks for anything any more.</summary>
    public virtual void OnSilence()
    {
    }

    /// <summary>The run is over.</summary>
    public virtual void OnEnd()
    {
    }
}
