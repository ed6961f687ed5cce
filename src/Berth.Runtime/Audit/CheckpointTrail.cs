using Berth.Runtime.Journal;

namespace Berth.Runtime.Audit;

/// <summary>The checkpoints of an export: their chain, their signatures and roots, and the heads that the pools must show.</summary>
internal sealed class CheckpointTrail(AuditHeader header, AuditTrust trust)
{
    private readonly Dictionary<string, ExportedPool> _pools = header.Pools.ToDictionary(pool => pool.Name.Value, StringComparer.Ordinal);
    private readonly Dictionary<string, List<ChainHead>> _heads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ChainHead> _latest = new(StringComparer.Ordinal);
    private readonly int _poolsWithEvents = header.Pools.Count(pool => pool.Head.Version > 0);
    private byte[]? _previous = header.CheckpointsAfter == 0 ? new byte[AuditChain.HashBytes] : null;

    public long Count { get; private set; }

    /// <summary>Heads that are in the chains.</summary>
    public long Found { get; private set; }

    /// <summary>Heads before the beginning of a history.</summary>
    public long CutOff { get; private set; }

    /// <summary>Takes the next checkpoint. Throws <see cref="AuditFlawException"/> when something is wrong with it.</summary>
    public void Take(long number, Checkpoint checkpoint, CheckpointRow row)
    {
        Check(checkpoint.Number == number, $"checkpoint {checkpoint.Number} stands where checkpoint {number} must");
        Check(checkpoint.ToBytes().AsSpan().SequenceEqual(row.Bytes.Span), "the checkpoint is not in its form");
        Check(checkpoint.Cluster == header.Cluster, $"the checkpoint is of another cluster, {checkpoint.Cluster}");
        Check(_previous is null || checkpoint.Previous.Span.SequenceEqual(_previous), "the checkpoint does not follow the one before it");
        Check(IsKnown(checkpoint.Key), $"the checkpoint is signed with the key {Convert.ToHexStringLower(checkpoint.Key.Span)}, which is not trusted");
        Check(trust.Check(checkpoint.Key.Span, row.Bytes.Span, row.Signature.Span), "the checkpoint's signature is not that of its key");
        foreach (var head in checkpoint.Heads)
        {
            Take(head);
        }

        // Pools are never taken away, so an export has all that were ever counted.
        Check(checkpoint.Pools <= _poolsWithEvents, $"the checkpoint counts {checkpoint.Pools} pools with events, and the export has {_poolsWithEvents}");

        // Complete once each pool was named: from a member's first checkpoint on, unless a pool has not moved since.
        if (checkpoint.Part == checkpoint.Parts && checkpoint.Pools == _latest.Count)
        {
            Check(Checkpoint.RootOf(_latest.Values).AsSpan().SequenceEqual(checkpoint.Root.Span), "the checkpoint's root is not that of its heads");
        }

        _previous = Checkpoint.HashOf(row);
        Count++;
    }

    /// <summary>What the chain of a pool must show, in the order of versions.</summary>
    public Queue<ChainHead> HeadsOf(ExportedPool pool) =>
        new(_heads.Remove(pool.Name.Value, out var heads) ? heads : []);

    private void Take(ChainHead head)
    {
        var name = head.Pool.Value;
        Check(
            !_latest.TryGetValue(name, out var before) || before.Version < head.Version || Same(before, head),
            $"pool {name} went back: version {head.Version} follows version {before?.Version}");
        Check(
            _pools.TryGetValue(name, out var pool) && head.Version <= pool.Head.Version,
            $"the checkpoint names version {head.Version} of pool {name}, and the export ends before it: events are missing");
        var known = before is not null && before.Version == head.Version;
        _latest[name] = head;
        if (head.Version < pool!.Base.Version)
        {
            CutOff++;
            return;
        }

        Found++;
        if (known)
        {
            return;
        }

        if (!_heads.TryGetValue(name, out var heads))
        {
            _heads.Add(name, heads = []);
        }

        heads.Add(head);
    }

    private bool IsKnown(ReadOnlyMemory<byte> key) => trust.Pinned.Count > 0
        ? trust.Pinned.Any(pinned => pinned.Span.SequenceEqual(key.Span))
        : header.Keys.Any(known => known.Span.SequenceEqual(key.Span));

    private static bool Same(ChainHead one, ChainHead other) => one.Version == other.Version && one.Hash.Span.SequenceEqual(other.Hash.Span);

    private static void Check(bool holds, string flaw)
    {
        if (!holds)
        {
            throw new AuditFlawException(flaw);
        }
    }
}
