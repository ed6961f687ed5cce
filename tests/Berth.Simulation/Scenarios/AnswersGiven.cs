using Berth.Pools;
using Berth.Simulation.Checks;
using Berth.Simulation.Cluster;

namespace Berth.Simulation.Scenarios;

/// <summary>Finds nothing wrong: keeps what every owner answered, for the script to look at.</summary>
internal sealed class AnswersGiven : Check
{
    private readonly List<GivenAnswer> _all = [];

    /// <summary>The answers that a member gave in a pool under an epoch, in order.</summary>
    public IReadOnlyList<GivenAnswer> Of(string member, PoolName pool, Epoch epoch) =>
        [.. _all.Where(answer => answer.Member.Name == member && answer.Pool == pool && answer.Epoch == epoch)];

    /// <inheritdoc/>
    public override void OnGiven(GivenAnswer answer) => _all.Add(answer);
}
