namespace Berth.Runtime.Ownership;

/// <summary>Which of the candidates should own each shard, kept until the candidates change. Used by one loop at a time.</summary>
internal sealed class ShardPlan
{
    private IReadOnlyList<MemberRow> _candidates = [];
    private MemberRow?[] _owners = new MemberRow?[Shards.Count];

    /// <summary>Who should own each shard; null: nobody can.</summary>
    public IReadOnlyList<MemberRow?> Among(IReadOnlyList<MemberRow> candidates)
    {
        if (!ClusterView.AreSame(_candidates, candidates))
        {
            var seeds = candidates.Select(candidate => Assignment.SeedOf(candidate.Card.Name)).ToList();
            _owners = [.. Enumerable.Range(0, Shards.Count).Select(shard => Assignment.Of(shard, candidates, seeds))];
            _candidates = candidates;
        }

        return _owners;
    }
}
