using System.Diagnostics;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Pools;

/// <summary>
/// What one turn of the loop decided: the mails, and their events as bytes with the chain hash after them. Kept by the
/// actor and cleared for each turn.
/// </summary>
internal sealed class PoolBatch
{
    /// <summary>A turn takes no more mail once this much is written, so that a batch stays below the journal's limit.</summary>
    private const int FullAt = JournalBatch.MaxBytes / 2;

    private readonly ByteWriter _bytes = new();
    private readonly byte[] _hash = new byte[AuditChain.HashBytes];
    private readonly List<LicenseId> _dropped = [];
    private IReadOnlyList<LicenseRow> _added = [];
    private IReadOnlyList<LicenseRow> _replaced = [];

    public List<PoolEvent> Events { get; } = [];

    public bool IsFull => _bytes.Length >= FullAt;

    /// <summary>A sweep leaves half of the turn to the mails that wait.</summary>
    public bool HasRoomForSweep => _bytes.Length < FullAt / 2;

    public ReadOnlySpan<byte> Hash => _hash;

    /// <summary>Starts a batch behind the head of the chain.</summary>
    public void Begin(ReadOnlySpan<byte> head)
    {
        _bytes.Clear();
        Events.Clear();
        _dropped.Clear();
        _added = [];
        _replaced = [];
        head.CopyTo(_hash);
    }

    /// <summary>
    /// Encodes and chains the events from <paramref name="first"/> on, which stand in <paramref name="state"/> already. Throws on one that members of
    /// <paramref name="level"/> cannot read.
    /// </summary>
    public void Take(PoolState state, int first, IReadOnlyList<LicenseRow>? rows, int level)
    {
        for (var i = first; i < Events.Count; i++)
        {
            if (FeatureLevels.Of(Events[i]) is var needed && needed > level)
            {
                throw new UnreachableException(
                    $"The event {Events[i].GetType().Name} needs feature level {needed}; the cluster has {level}: other members could not read it.");
            }

            var start = _bytes.Length + EventFrames.LengthBytes;
            EventCodec.Write(_bytes, Events[i]);
            AuditChain.Extend(_hash, _bytes.Written.Span[start..]);
            var license = Events[i] switch
            {
                LicenseRemoved removed => removed.Id,
                SeatReleased released => released.License,
                ClaimExpired expired => expired.License,
                SeatTaken taken => taken.License,
                _ => default(LicenseId?),
            };
            if (license is { } id && state.LicenseOf(id) is null && !_dropped.Contains(id))
            {
                _dropped.Add(id);
            }
        }

        if (rows is not null && Events.Count > first)
        {
            var replaces = Events[^1] is LicenseChanged;
            _added = replaces ? [] : rows;
            _replaced = replaces ? rows : [];
        }
    }

    public JournalBatch ToJournal() => 
        new(Events.Count, _bytes.Written, _hash, _added, [.. _dropped]) { ReplacedLicenses = _replaced };
}
