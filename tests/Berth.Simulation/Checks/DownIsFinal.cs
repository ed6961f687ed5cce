using Berth.Runtime.Ownership;
using Berth.Simulation.Kernel;
using Berth.Simulation.Model;

namespace Berth.Simulation.Checks;

/// <summary>
/// The table's own promises: an incarnation that has ended renews and takes nothing any more, every shard has one owner, and each change of
/// owner has the next epoch. Who has ended may still hand on what nobody has taken.
/// </summary>
internal sealed class DownIsFinal(ClusterModel model) : Check
{
    private Dictionary<Incarnation, Life> _lives = [];
    private (Incarnation? Owner, long Epoch)[] _shards = new (Incarnation?, long)[Shards.Count];
    private long _newest;

    /// <inheritdoc/>
    public override void OnStore(StoreCall call)
    {
        if (Take(call) is { } flaw)
        {
            Violated($"{call.Process.Name}: {flaw}");
        }
    }

    /// <inheritdoc/>
    public override void OnWentBack(StoreMark mark)
    {
        (_lives, _shards, _newest) = ([], new (Incarnation?, long)[Shards.Count], 0);
        foreach (var (call, _) in model.Kept)
        {
            Take(call);
        }
    }

    private string? Take(StoreCall call) => (call.Operation, call.Result) switch
    {
        (JoinCluster join, JoinResult { Incarnation: { } joined }) => Join(join.Card, joined),
        (RenewLease renew, RenewResult { Up: true } renewed) => Renew(renew.Member, renewed.Owned),
        (AcquireShards acquire, AcquireResult { Outcome: AcquireOutcome.Acquired } acquired) => Acquire(acquire, acquired.Taken),
        (TransferShard transfer, TransferOutcome.Moved) => Transfer(transfer),
        (LeaveCluster leave, _) => Leave(leave.Member),
        (MarkDown down, true) => End(down.Member),
        _ => null,
    };

    private string? Join(MemberCard card, Incarnation joined)
    {
        foreach (var life in _lives.Values)
        {
            life.IsUp &= life.Card.Name != card.Name;
        }

        var flaw = joined.Value <= _newest
            ? FormattableString.Invariant($"{card.Name} joined as incarnation {joined.Value} after {_newest}") : null;
        _newest = Math.Max(_newest, joined.Value);
        _lives[joined] = new Life(card);
        return flaw;
    }

    private string? Renew(Incarnation member, IReadOnlyList<OwnedShard> owned)
    {
        if (!IsUp(member))
        {
            return FormattableString.Invariant($"incarnation {member.Value} renewed after it had ended");
        }

        _lives[member].Counter++;
        foreach (var pair in owned)
        {
            if (_shards[pair.Shard] != (member, pair.Epoch.Value))
            {
                return FormattableString.Invariant(
                    $"incarnation {member.Value} was told that it owns shard {pair.Shard} at epoch {pair.Epoch.Value}; {OwnerOf(pair.Shard)} does");
            }
        }

        var count = _lives[member].Shards;
        return owned.Count == count
            ? null : FormattableString.Invariant($"incarnation {member.Value} was told that it owns {owned.Count} shards; it owns {count}");
    }

    private string? Acquire(AcquireShards acquire, IReadOnlyList<OwnedShard> taken)
    {
        var flaw = IsUp(acquire.Member)
            ? null : FormattableString.Invariant($"incarnation {acquire.Member.Value} took {taken.Count} shards after it had ended");
        if (acquire.From is { } from && _lives.TryGetValue(from.Incarnation, out var former))
        {
            if (former.IsUp && former.Counter != from.Counter)
            {
                flaw ??= FormattableString.Invariant(
                    $"incarnation {acquire.Member.Value} took from {from.Incarnation.Value} with counter {from.Counter}, it is up at {former.Counter}");
            }

            former.IsUp = false;
        }

        foreach (var pair in taken)
        {
            flaw ??= _shards[pair.Shard].Owner == acquire.From?.Incarnation
                ? null : FormattableString.Invariant(
                    $"incarnation {acquire.Member.Value} took shard {pair.Shard} from {acquire.From?.Incarnation.Value ?? 0}; {OwnerOf(pair.Shard)} owns it");
            flaw ??= Give(pair.Shard, acquire.Member, pair.Epoch.Value);
        }

        return flaw;
    }

    private string? Transfer(TransferShard transfer)
    {
        var (shard, epoch) = (transfer.Shard.Shard, transfer.Shard.Epoch.Value);
        if (_shards[shard] == (transfer.To, epoch + 1))
        {
            return null;
        }

        var flaw = _shards[shard] == (transfer.Member, epoch) ? null : FormattableString.Invariant(
            $"incarnation {transfer.Member.Value} handed shard {shard} on at epoch {epoch}; {OwnerOf(shard)} owns it");
        flaw ??= IsUp(transfer.To)
            ? null : FormattableString.Invariant($"shard {shard} was handed to incarnation {transfer.To.Value}, which had ended");
        return flaw ?? Give(shard, transfer.To, epoch + 1);
    }

    private string? Leave(Incarnation member)
    {
        if (IsUp(member))
        {
            End(member);
            for (var shard = 0; shard < _shards.Length; shard++)
            {
                _shards[shard].Owner = _shards[shard].Owner == member ? null : _shards[shard].Owner;
            }

            _lives[member].Shards = 0;
        }

        return null;
    }

    private string? End(Incarnation member)
    {
        if (_lives.TryGetValue(member, out var life))
        {
            life.IsUp = false;
        }

        return null;
    }

    private string? Give(int shard, Incarnation to, long epoch)
    {
        var (owner, before) = _shards[shard];
        if (epoch != before + 1)
        {
            return FormattableString.Invariant($"shard {shard} has epoch {epoch} after {before}");
        }

        if (owner is { } former && _lives.TryGetValue(former, out var lost))
        {
            lost.Shards--;
        }

        if (_lives.TryGetValue(to, out var got))
        {
            got.Shards++;
        }

        _shards[shard] = (to, epoch);
        return null;
    }

    private bool IsUp(Incarnation member) => _lives.TryGetValue(member, out var life) && life.IsUp;

    private string OwnerOf(int shard) => FormattableString.Invariant(
        $"incarnation {_shards[shard].Owner?.Value ?? 0} at epoch {_shards[shard].Epoch}");

    private sealed class Life(MemberCard card)
    {
        public MemberCard Card { get; } = card;

        public bool IsUp { get; set; } = true;

        public long Counter { get; set; }

        public int Shards { get; set; }
    }
}
