namespace Berth.Runtime.Ownership;

/// <summary>
/// Which of the candidates should own each shard, kept until the candidates change: weighing them takes a hash for each shard and
/// candidate. Used by one loop at a time.
/// </summary>
internal sealed class ShardPlan
{
    private readonly Dictionary<string, ulong[]> _weights = new(StringComparer.Ordinal);
    private IReadOnlyList<MemberRow> _candidates = [];
    private MemberRow?[] _owners = new MemberRow?[Shards.Count];

    /// <summary>Who should own each shard; null: nobody can.</summary>
    public IReadOnlyList<MemberRow?> Among(IReadOnlyList<MemberRow> candidates)
    {
        if (!ClusterView.AreSame(_candidates, candidates))
        {
            Follow(candidates);
        }

        return _owners;
    }

    private void Follow(IReadOnlyList<MemberRow> candidates)
    {
        if (_weights.Count > ClusterTable.MaxEndedMembers)
        {
            _weights.Clear();
        }

        foreach (var candidate in candidates)
        {
            var name = candidate.Card.Name;
            if (!_weights.ContainsKey(name))
            {
                _weights.Add(name, [.. Enumerable.Range(0, Shards.Count).Select(shard => Assignment.WeightOf(shard, name))]);
            }
        }

        _owners = [.. Enumerable.Range(0, Shards.Count).Select(shard => Assignment.Of(shard, candidates, WeightOf))];
        _candidates = candidates;
    }

    private ulong WeightOf(int shard, string member) => _weights[member][shard];
}
