using System.Security.Cryptography;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Audit;

/// <summary>
/// Replays one pool twice over: by the rules (<see cref="Berth.Pools.Pool.Evolve"/>) and by counting (<see cref="SeatLedger"/>). Follows
/// its chain, the heads that checkpoints name, and the digest of its base. Throws <see cref="AuditFlawException"/>.
/// </summary>
internal sealed class PoolAudit : IDisposable
{
    private readonly ExportedPool _pool;
    private readonly Queue<ChainHead> _heads;
    private readonly PoolState _state;
    private readonly SeatLedger _ledger = new();
    private readonly IncrementalHash _base = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _hash;
    private byte[]? _wanted;
    private long _peak;
    private long _peakSeats;
    private long _peakKept;
    private long _peakMs;

    public PoolAudit(ExportedPool pool, Queue<ChainHead> heads)
    {
        _pool = pool;
        _heads = heads;
        _state = new PoolState(pool.Name);
        _hash = pool.Base.Hash.ToArray();
        if (pool.Base.Version == 0 && (_hash.Length != AuditChain.HashBytes || _hash.AsSpan().ContainsAnyExcept((byte)0)))
        {
            throw new AuditFlawException($"the chain of pool {pool.Name} does not begin with zeros");
        }

        Meet(0);
    }

    public PoolName Pool => _pool.Name;

    /// <summary>The chain hash after the last event that was taken in.</summary>
    public ReadOnlySpan<byte> Hash => _hash;

    /// <summary>Takes the next part of the state that the history begins at.</summary>
    public void TakeBase(int part, byte[] bytes)
    {
        _base.AppendData(bytes);
        SnapshotCodec.Read(_state, bytes);
        if (part + 1 < _pool.BaseParts)
        {
            return;
        }

        Check(_state.Version == _pool.Base.Version, $"the base is at version {_state.Version}, and the first line says {_pool.Base.Version}");
        _wanted = _base.GetHashAndReset();
        _ledger.Begin(_state);
        Note(0);
        Meet(_state.Version);
    }

    /// <summary>Chains the next event.</summary>
    public void Extend(ReadOnlySpan<byte> stored) => AuditChain.Extend(_hash, stored);

    /// <summary>Lets the next event stand.</summary>
    public void Take(PoolEvent happened)
    {
        if (_ledger.Enter(happened) is { } violation)
        {
            throw new AuditFlawException($"version {_state.Version + 1} of pool {Pool}: {violation}");
        }

        Berth.Pools.Pool.Evolve(_state, happened);
        _state.Keep();
        Check(_state.ClaimCount == _ledger.Active, $"pool {Pool}: the rules see {_state.ClaimCount} claims, counting sees {_ledger.Active}");
        Note(happened.Stamp.WallMs);
        if (happened is HistoryCut cut && cut.UpTo == _pool.Base.Version && _wanted is not null && string.Equals(cut.Digest, Convert.ToHexStringLower(_wanted), StringComparison.Ordinal))
        {
            _wanted = null;
        }

        Meet(_state.Version);
    }

    /// <summary>All events were taken.</summary>
    public PoolProof End()
    {
        using (this)
        {
            Check(_hash.AsSpan().SequenceEqual(_pool.Head.Hash.Span), $"the chain of pool {Pool} does not end with the hash in the first line");
            Check(_wanted is null, $"no event of pool {Pool} says that its history was cut at version {_pool.Base.Version} with this state");
            var events = _pool.Head.Version - _pool.Base.Version;
            return new PoolProof(
                Pool.Value, _pool.Base.Version + 1, _pool.Head.Version, events, _ledger.Grants, _peak, _peakSeats, _peakKept, _peakMs,
                _ledger.Active, _ledger.Seats);
        }
    }

    public void Dispose() => _base.Dispose();

    /// <summary>The heads that checkpoints name at this version.</summary>
    private void Meet(long version)
    {
        while (_heads.TryPeek(out var head) && head.Version <= version)
        {
            _heads.Dequeue();
            Check(
                head.Version == version && head.Hash.Span.SequenceEqual(_hash),
                $"a checkpoint names another hash at version {head.Version} of pool {Pool}");
        }
    }

    private void Note(long wallMs)
    {
        if (_ledger.Active > _peak)
        {
            (_peak, _peakSeats, _peakKept, _peakMs) = (_ledger.Active, _ledger.Seats, _ledger.Kept, wallMs);
        }
    }

    private static void Check(bool holds, string flaw)
    {
        if (!holds)
        {
            throw new AuditFlawException(flaw);
        }
    }
}
