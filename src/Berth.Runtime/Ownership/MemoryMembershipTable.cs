namespace Berth.Runtime.Ownership;

/// <summary>A membership table in memory: the smallest example of the contract, for tests and the simulator.</summary>
public sealed class MemoryMembershipTable : IMembershipTable
{
    /// <summary>Guards everything below.</summary>
    private readonly Lock _gate = new();
    private readonly MemoryMembers _members = new();
    private readonly MemoryShards _shards = new();
    private FoundedCluster? _cluster;

    /// <inheritdoc/>
    public ValueTask<JoinResult> JoinAsync(MemberCard card, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        MembershipLimits.Check(card);
        lock (_gate)
        {
            var former = _members.Up.FirstOrDefault(row => JoinRules.IsFormerLife(row, card));
            if (JoinRules.Refusal(card, _cluster, [.. _members.Up.Where(row => row != former)]) is { } refusal)
            {
                return new(refusal);
            }

            if (former is not null)
            {
                _members.End(former.Incarnation, MemberState.Down);
            }

            _cluster ??= new FoundedCluster(card.Cluster, card.SecretDigest, FeatureLevel: 0);
            var joined = _members.Enter(card with { SecretDigest = _cluster.SecretDigest, OtherDigest = null }).Incarnation;
            UpMembersChanged_NeedsLock();
            return new(new JoinResult(joined));
        }
    }

    /// <inheritdoc/>
    public ValueTask<RenewResult> RenewAsync(Incarnation member, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new(_members.Renew(member) is { } counter
                ? new RenewResult(Up: true, _shards.OwnedBy(member), FeatureLevel_NeedsLock(), counter)
                : RenewResult.Down);
        }
    }

    /// <inheritdoc/>
    public ValueTask<AcquireResult> AcquireAsync(
        Incarnation member, IReadOnlyList<int> shards, SeenMember? from, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        MembershipLimits.Check(shards);
        lock (_gate)
        {
            if (from is { } seen)
            {
                MembershipLimits.CheckFormerOwner(member, seen.Incarnation, _members.Newest);
            }

            if (!_members.IsUp(member))
            {
                return new(new AcquireResult(AcquireOutcome.Down, []));
            }

            var former = from is null ? null : _members.Find(from.Value.Incarnation);
            if (former is { State: MemberState.Up } && former.Counter != from!.Value.Counter)
            {
                return new(new AcquireResult(AcquireOutcome.CounterMoved, []));
            }

            var taken = _shards.Take(shards, from?.Incarnation, former?.Card.Lease ?? TimeSpan.Zero, member);
            if (former is not null && _members.End(former.Incarnation, MemberState.Down))
            {
                UpMembersChanged_NeedsLock();
            }

            return new(new AcquireResult(AcquireOutcome.Acquired, taken));
        }
    }

    /// <inheritdoc/>
    public ValueTask<TransferOutcome> TransferAsync(
        Incarnation member, OwnedShard shard, Incarnation to, bool settled, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        MembershipLimits.CheckShard(shard.Shard);
        lock (_gate)
        {
            var row = _shards[shard.Shard];
            if (row.Owner == to && row.Epoch.Value == shard.Epoch.Value + 1)
            {
                return new(TransferOutcome.Moved);
            }

            if (row.Owner != member || row.Epoch != shard.Epoch)
            {
                return new(TransferOutcome.NotOwned);
            }

            if (!_members.IsUp(to))
            {
                return new(TransferOutcome.SuccessorDown);
            }

            _shards.Give(row, to, settled ? TimeSpan.Zero : row.FormerLease);
            return new(TransferOutcome.Moved);
        }
    }

    /// <inheritdoc/>
    public ValueTask LeaveAsync(Incarnation member, IReadOnlyCollection<int> unsettled, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        foreach (var shard in unsettled)
        {
            MembershipLimits.CheckShard(shard);
        }

        lock (_gate)
        {
            if (_members.End(member, MemberState.Left))
            {
                _shards.Free(member, unsettled);
                UpMembersChanged_NeedsLock();
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> DownAsync(Incarnation member, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var ended = _members.End(member, MemberState.Down);
            if (ended)
            {
                UpMembersChanged_NeedsLock();
            }

            return new(ended);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> AdoptSecretAsync(IReadOnlyList<string> from, string to, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_cluster is null)
            {
                return new(false);
            }

            _cluster = _cluster.Adopt(from, to);
            _members.GoBy(_cluster.SecretDigest);
            return new(_cluster.SecretDigest == to);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ClusterTable> ReadAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new(new ClusterTable(_members.List, _shards.List, FeatureLevel_NeedsLock()));
        }
    }

    private int FeatureLevel_NeedsLock() => _cluster?.FeatureLevel ?? 0;

    /// <summary>Once in a call, when it is done with the members: between a former life and the next the level does not rise.</summary>
    private void UpMembersChanged_NeedsLock()
    {
        _cluster = _cluster?.With(_members.Up);
        _members.ForgetBeyondLimit(_shards.Owns);
    }
}
