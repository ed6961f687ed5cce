using Berth.Simulation.Checks;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Model;

/// <summary>
/// What the checks share: the ledger, what nodes believe and who stood still. It is told of every fact before they are, and finds nothing
/// wrong itself.
/// </summary>
internal sealed class ClusterModel : Check
{
    /// <summary>
    /// How long an answer may be on its way inside its process once the lease was looked at. The protocol allows for more.
    /// </summary>
    public static readonly TimeSpan OnTheWay = TimeSpan.FromMilliseconds(100);

    private readonly World _world;
    private readonly List<(StoreCall Call, TimeSpan At)> _kept = [];

    public ClusterModel(World world, TimeSpan lease)
    {
        _world = world;
        Beliefs = new Beliefs(Standstill, lease);
        Ledger.Happening += (append, happened) => Beliefs.Happened(append.Pool.Name, happened);
    }

    public TimeSpan Now => _world.Now;

    public Ledger Ledger { get; } = new();

    public Standstill Standstill { get; } = new();

    public Beliefs Beliefs { get; }

    /// <summary>The operations that the store still stands for, in order.</summary>
    public IReadOnlyList<(StoreCall Call, TimeSpan At)> Kept => _kept;

    /// <summary>The store went back in time: what nodes were told does not bind those who cannot know it.</summary>
    public bool WentBack { get; private set; }

    /// <inheritdoc/>
    public override void OnStore(StoreCall call)
    {
        if (call.Operation.Mutates)
        {
            _kept.Add((call, Now));
            Ledger.Take(call, Now, again: false);
        }
    }

    /// <inheritdoc/>
    public override void OnWentBack(StoreMark mark)
    {
        WentBack = true;
        _kept.RemoveRange(mark.Operations, _kept.Count - mark.Operations);
        Ledger.Forget();
        foreach (var (call, at) in _kept)
        {
            Ledger.Take(call, at, again: true);
        }

        Beliefs.VoidAll();
    }

    /// <inheritdoc/>
    public override void OnSent(NodeRequest request) => Beliefs.Sent(request, Now);

    /// <inheritdoc/>
    public override void OnArrived(NodeRequest request) => Beliefs.Arrived(request, Now);

    /// <inheritdoc/>
    public override void OnAnswered(NodeRequest request, RoutedAnswer answer) => Beliefs.Answered(request, answer, Now);

    /// <inheritdoc/>
    public override void OnMember(SimulatedMember member, MemberChange change) => Standstill.Take(member, change, Now);
}
