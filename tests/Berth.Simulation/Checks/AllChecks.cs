using Berth.Simulation.Cluster;
using Berth.Simulation.Model;

namespace Berth.Simulation.Checks;

/// <summary>Every check there is.</summary>
internal static class AllChecks
{
    /// <summary>By name, each with the model that it shares with the others.</summary>
    public static IReadOnlyList<Func<ClusterModel, Action<string>, Check>> All { get; } =
    [
        (model, violated) => new JournalOrder(model) { Violated = violated },
        (model, violated) => new SeatsInTheJournal(model) { Violated = violated },
        (model, violated) => new Snapshots(model) { Violated = violated },
        (model, violated) => new OneHolder(model) { Violated = violated },
        (model, violated) => new NothingLost(model) { Violated = violated },
        (model, violated) => new LeaseKept(model) { Violated = violated },
        (model, violated) => new GivenUpStaysGivenUp(model) { Violated = violated },
        (model, violated) => new DownIsFinal(model) { Violated = violated },
        (model, violated) => new SettlesBeforeFreeing(model) { Violated = violated },
        (model, violated) => new ServesAgain(model) { Violated = violated },
        (model, violated) => new NothingLeaks(model) { Violated = violated },
        (model, violated) => new WithholdsAfterLoss(model) { Violated = violated },
    ];

    /// <summary>Adds the model and all checks to a cluster of which nothing has run yet.</summary>
    public static ClusterModel AddTo(SimulatedCluster cluster) => AddTo(cluster, All);

    /// <summary>Adds the model and some checks.</summary>
    public static ClusterModel AddTo(SimulatedCluster cluster, IEnumerable<Func<ClusterModel, Action<string>, Check>> checks)
    {
        ClusterModel? model = null;
        cluster.Witness.Add(violated => model = new ClusterModel(cluster.World, cluster.Setting.Lease) { Violated = violated });
        foreach (var make in checks)
        {
            cluster.Witness.Add(violated => make(model!, violated));
        }

        return model!;
    }
}
