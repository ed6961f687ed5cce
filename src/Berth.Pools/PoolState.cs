using System.Diagnostics;

namespace Berth.Pools;

/// <summary>
/// The state of one pool. It changes in place, by <see cref="Pool.Evolve"/> alone, and keeps an undo log for the batch in
/// flight: <see cref="Keep"/> once that is durable, <see cref="Undo"/> when it was not written. One thread at a time.
/// </summary>
public sealed class PoolState
{
    private readonly Dictionary<string, Claim> _claims = new(StringComparer.Ordinal);
    private readonly LicenseShelf _shelf = new();
    private readonly DeadlineHeap _deadlines = new();
    private readonly UndoLog _undo = new();
    private readonly NodeNotes _coolDowns = new();
    private readonly NodeNotes _lapsed = new();

    private long _floorMs;
    private long _repeatUpTo;

    /// <summary>The state of a pool whose journal is empty.</summary>
    public PoolState(PoolName name) => Name = name;

    /// <summary>The pool.</summary>
    public PoolName Name { get; }

    /// <summary>The number of events that made this state.</summary>
    public long Version { get; private set; }

    /// <summary>Grants so far.</summary>
    public long Grants { get; private set; }

    /// <summary>The longest ttl that a live claim may have been told, in milliseconds.</summary>
    public long LongestTtlMs { get; private set; }

    /// <summary>The pool's exception to the cluster's policy.</summary>
    public PolicyException Exception { get; private set; } = PolicyException.None;

    /// <summary>The recorded cluster policy (global pool only).</summary>
    public Policy? ClusterPolicy { get; private set; }

    /// <summary>The policy that nodes were last told.</summary>
    public Policy? Adopted { get; private set; }

    /// <summary>Live claims.</summary>
    public int ClaimCount => _claims.Count;

    /// <summary>Licenses, retired ones included.</summary>
    public int LicenseCount => _shelf.Count;

    /// <summary>Seats that a claim could take now.</summary>
    public long FreeSeatCount => _shelf.FreeSeatCount;

    /// <summary>Seats that nobody holds and that are withheld because their license is past its expiry.</summary>
    public long LapsedSeatCount => _shelf.LapsedSeatCount;

    /// <summary>Licenses in import order.</summary>
    public IEnumerable<License> Licenses => _shelf.InOrder;

    /// <summary>Live claims, in no order.</summary>
    public IReadOnlyCollection<Claim> Claims => _claims.Values;

    /// <summary>The earliest deadline of a live claim on the service clock; null when nothing can lapse.</summary>
    public long? EarliestDeadlineMs =>
        _deadlines.Count == 0 || Adopted is { Heartbeats: false } ? null : DeadlineOf(_deadlines.Earliest);

    /// <summary>Places of the import order, those of forgotten licenses included.</summary>
    internal int SlotCount => _shelf.SlotCount;

    /// <summary>Seats of all licenses.</summary>
    public long SeatCount => _shelf.SeatCount;

    /// <summary>The claim of a node, or null.</summary>
    public Claim? ClaimOf(Fingerprint node) => _claims.GetValueOrDefault(node.Value);

    /// <summary>The license with this id, or null.</summary>
    public License? LicenseOf(LicenseId id) => _shelf.Find(id.Value);

    /// <summary>The license with this id, or null, without making a string of it.</summary>
    public License? LicenseNamed(ReadOnlySpan<char> id) => _shelf.Find(id);

    /// <summary>The note of a node whose seat was taken away and that may not claim yet, or null.</summary>
    public NodeNote? CoolDownOf(Fingerprint node, long nowMs) => _coolDowns.Find(node, nowMs);

    /// <summary>The note of a node whose claim with this key expired less than a ttl ago, or null.</summary>
    public NodeNote? LapsedOf(Fingerprint node, string claimKey, long nowMs) =>
        _lapsed.Find(node, nowMs) is { } note && string.Equals(note.Text, claimKey, StringComparison.Ordinal) ? note : null;

    /// <summary>When a claim lapses, on the service clock.</summary>
    public long DeadlineOf(Claim claim) => Math.Max(claim.DeadlineMs, _floorMs);

    /// <summary>The earliest claim if its deadline has passed, or null.</summary>
    public Claim? EarliestDue(long nowMs) => EarliestDeadlineMs <= nowMs ? _deadlines.Earliest : null;

    /// <summary>Whether the answer to a claim's grant may have been lost and its license was not repeated since.</summary>
    public bool MayHaveLostLicense(Claim claim) => claim.Version <= _repeatUpTo && !claim.Repeated;

    /// <summary>Raises a claim's deadline; a lower one changes nothing. Memory only: renewals are not events.</summary>
    public void Extend(Claim claim, long deadlineMs)
    {
        if (deadlineMs > claim.DeadlineMs)
        {
            claim.DeadlineMs = deadlineMs;
            _deadlines.Raised(claim);
        }
    }

    /// <summary>The license went out again with a renewal.</summary>
    public static void MarkRepeated(Claim claim) => claim.Repeated = true;

    /// <summary>
    /// The state was built from events of another life, whose service clock is not ours: what they say of deadlines means
    /// nothing here. To be followed by <see cref="HoldAllUntil"/>.
    /// </summary>
    public void ForgetDeadlines()
    {
        _deadlines.Forget();
        _floorMs = 0;
    }

    /// <summary>No claim that is live now lapses before this; what nodes were told by a former life stays true.</summary>
    public void HoldAllUntil(long deadlineMs)
    {
        _floorMs = Math.Max(_floorMs, deadlineMs);
        _repeatUpTo = Version;
    }

    /// <summary>Times of another life are counted anew from here, by what is left of them on the wall clock.</summary>
    internal void RecoverNotes(long nowMs, long wallMs)
    {
        _coolDowns.Recover(nowMs, wallMs);
        _lapsed.Recover(nowMs, wallMs);
    }

    /// <summary>The answers of the last grants may be lost: the next renewal repeats the license.</summary>
    public void RepeatLicenses() => _repeatUpTo = Version;

    /// <summary>Follows the wall clock: which licenses are past their expiry.</summary>
    public void LookAtExpiries(long wallMs, bool enforce) => _shelf.LookAtExpiries(enforce ? wallMs : long.MinValue);

    /// <summary>The license at a place of the import order, or null when it is forgotten.</summary>
    internal License? LicenseAt(int slot) => _shelf.At(slot);

    /// <summary>The license of the free seat with this rank in import order.</summary>
    internal License FreeSeatAt(long rank) => _shelf.FreeSeatAt(rank);

    /// <summary>The batch in flight is durable.</summary>
    public void Keep()
    {
        _undo.Clear();
        _coolDowns.Trim();
        _lapsed.Trim();
    }

    /// <summary>The batch in flight was not written: everything since the last <see cref="Keep"/> is taken back.</summary>
    public void Undo()
    {
        while (_undo.Count > 0)
        {
            TakeBack(_undo.Take());
        }
    }

    /// <summary>Everything a snapshot needs, as of now. Takes time in proportion to licenses and claims, without encoding.</summary>
    public PoolImage Capture()
    {
        var header = new PoolHeader(Name.Value, Version, Grants, LongestTtlMs, Exception, ClusterPolicy, Adopted);
        return new PoolImage(header, _shelf.Capture(), _deadlines.ToArray(), _coolDowns.All, _lapsed.All);
    }

    /// <summary>How it stands, for those who watch.</summary>
    internal PoolFigures Measure(in PoolLook look) => PoolFigures.Of(this, _shelf, _deadlines, look);

    internal void Advance()
    {
        Version++;
        _undo.Add(UndoKind.Version);
    }

    internal License AddLicense(LicenseId id, int seats, long? expiryMs, long wallMs)
    {
        var license = _shelf.Add(id, seats, expiryMs, wallMs);
        _undo.Add(UndoKind.LicenseAdded, license);
        return license;
    }

    /// <summary>The license gives other seats or ends at another time. One that was taken out comes back.</summary>
    internal void ChangeLicense(License license, int seats, long? expiryMs)
    {
        _undo.Add(UndoKind.LicenseChanged, license, license.Seats, license.ExpiryMs ?? long.MinValue);
        if (license.Retired)
        {
            _undo.Add(UndoKind.LicenseBack, license);
            license.Retired = false;
        }

        _shelf.Change(license, seats, expiryMs);
    }

    internal void CoolDown(NodeNote note) => _undo.Add(UndoKind.CoolDown, (note.Node, _coolDowns.Set(note.Node, note)));

    /// <summary>Remembers a claim that expired, or (null) forgets it.</summary>
    internal void RememberLapsed(Fingerprint node, NodeNote? note)
    {
        var before = _lapsed.Set(node, note);
        if (note is not null || before is not null)
        {
            _undo.Add(UndoKind.Lapsed, (node, before));
        }
    }

    internal void RetireLicense(License license)
    {
        license.Retired = true;
        _shelf.Relist(license);
        _undo.Add(UndoKind.LicenseRetired, license);
        DropIfDone(license);
    }

    internal void AddClaim(Claim claim, long deadlineMs, long toldTtlMs)
    {
        var license = claim.License;
        if (license.Held >= license.Seats)
        {
            throw new UnreachableException($"Pool {Name}: license {license.Id} has {license.Seats} seats, all held; one more was granted.");
        }

        _undo.Add(UndoKind.ClaimAdded, claim, license.LastClaimedMs, Grants);
        SetLongestTtl(Math.Max(LongestTtlMs, toldTtlMs));
        claim.DeadlineMs = deadlineMs;
        Grants = claim.Number;
        license.Claims++;
        license.LastClaimedMs = claim.GrantedWallMs;
        Hold(claim);
    }

    internal void EndClaim(Claim claim, long wallMs)
    {
        var license = claim.License;
        _undo.Add(UndoKind.ClaimEnded, claim, license.LastReleasedMs);
        license.LastReleasedMs = wallMs;
        LetGo(claim);
        if (_claims.Count == 0)
        {
            SetLongestTtl(Adopted?.TtlMs ?? 0);
        }

        DropIfDone(license);
    }

    internal void SetException(PolicyException exception)
    {
        _undo.Add(UndoKind.Exception, Exception);
        Exception = exception;
    }

    internal void SetClusterPolicy(Policy policy)
    {
        _undo.Add(UndoKind.ClusterPolicy, ClusterPolicy);
        ClusterPolicy = policy;
    }

    internal void Adopt(Policy policy, long floorMs)
    {
        _undo.Add(UndoKind.Adopted, Adopted);
        Adopted = policy;
        SetLongestTtl(Math.Max(_claims.Count == 0 ? 0 : LongestTtlMs, policy.TtlMs));
        _undo.Add(UndoKind.Floor, null, _floorMs);
        _floorMs = Math.Max(_floorMs, floorMs);
    }

    /// <summary>Starts from a snapshot; the state must be new.</summary>
    internal void Load(PoolHeader header)
    {
        Version = header.Version;
        Grants = header.Grants;
        LongestTtlMs = header.LongestTtlMs;
        Exception = header.Exception;
        ClusterPolicy = header.ClusterPolicy;
        Adopted = header.Adopted;
    }

    internal void Load(LicenseImage image)
    {
        var license = AddLicense(image.Id, image.Seats, image.ExpiryMs, image.AddedWallMs);
        license.Retired = image.Retired;
        license.TakeOver(image.Claims, image.LastClaimedMs, image.LastReleasedMs);
        _shelf.Relist(license);
        _undo.Clear();
    }

    internal void Load(ClaimImage image)
    {
        var who = image.User is null && image.Host is null ? Who.Nobody : new Who(null, null, image.User, image.Host);
        var license = LicenseOf(image.License)
            ?? throw new UnreachableException($"Pool {Name}: a snapshot's claim names license {image.License}, which it lacks.");
        var claim = new Claim(image.Node, license, image.Number, image.Version, image.GrantedWallMs, image.ClaimKey, who);
        Hold(claim);
        if (license.Held == license.Seats)
        {
            // Claims come by number: those after this one are more than it gives.
            license.ShedAbove = claim.Number;
        }
    }

    internal void LoadCoolDown(NodeNote note) => _coolDowns.Set(note.Node, note);

    internal void LoadLapsed(NodeNote note) => _lapsed.Set(note.Node, note);

    private void Hold(Claim claim, bool again = false)
    {
        var license = claim.License;
        _claims.Add(claim.Node.Value, claim);
        _deadlines.Add(claim);
        license.Held++;
        license.Link(claim, again);
        license.LastNumber = claim.Number;
        _shelf.Relist(license);
    }

    private void LetGo(Claim claim)
    {
        _claims.Remove(claim.Node.Value);
        _deadlines.Remove(claim);
        claim.License.Held--;
        claim.License.Unlink(claim);
        _shelf.Relist(claim.License);
    }

    private void DropIfDone(License license)
    {
        if (license is { Retired: true, Held: 0 })
        {
            _shelf.Forget(license);
            _undo.Add(UndoKind.LicenseDropped, license);
        }
    }

    private void SetLongestTtl(long ttlMs)
    {
        if (ttlMs != LongestTtlMs)
        {
            _undo.Add(UndoKind.LongestTtl, null, LongestTtlMs);
            LongestTtlMs = ttlMs;
        }
    }

    private void TakeBack(UndoLog.Entry entry)
    {
        switch (entry.Kind)
        {
            case UndoKind.Version: Version--; break;
            case UndoKind.LongestTtl: LongestTtlMs = entry.First; break;
            case UndoKind.Floor: _floorMs = entry.First; break;
            case UndoKind.Exception: Exception = (PolicyException)entry.Subject!; break;
            case UndoKind.ClusterPolicy: ClusterPolicy = (Policy?)entry.Subject; break;
            case UndoKind.Adopted: Adopted = (Policy?)entry.Subject; break;
            case UndoKind.LicenseAdded: _shelf.TakeBack((License)entry.Subject!); break;
            case UndoKind.LicenseRetired: TakeBackRetirement((License)entry.Subject!); break;
            case UndoKind.LicenseChanged: TakeBackChange((License)entry.Subject!, entry.First, entry.Second); break;
            case UndoKind.LicenseBack: ((License)entry.Subject!).Retired = true; break;
            case UndoKind.CoolDown: TakeBackNote(_coolDowns, entry.Subject!); break;
            case UndoKind.Lapsed: TakeBackNote(_lapsed, entry.Subject!); break;
            case UndoKind.LicenseDropped: _shelf.PutBack((License)entry.Subject!); break;
            case UndoKind.ClaimAdded: TakeBackClaim((Claim)entry.Subject!, entry.First, entry.Second); break;
            case UndoKind.ClaimEnded: TakeBackEnd((Claim)entry.Subject!, entry.First); break;
            default: throw new UnreachableException($"Undo of {entry.Kind} is not known.");
        }
    }

    private void TakeBackChange(License license, long seats, long expiryMs) =>
        _shelf.Change(license, (int)seats, expiryMs == long.MinValue ? null : expiryMs);

    private static void TakeBackNote(NodeNotes notes, object subject)
    {
        var (node, before) = ((Fingerprint, NodeNote?))subject;
        notes.Set(node, before);
    }

    private void TakeBackRetirement(License license)
    {
        license.Retired = false;
        _shelf.Relist(license);
    }

    private void TakeBackClaim(Claim claim, long lastClaimedMs, long grants)
    {
        LetGo(claim);
        claim.License.Claims--;
        claim.License.LastClaimedMs = lastClaimedMs;
        Grants = grants;
    }

    private void TakeBackEnd(Claim claim, long lastReleasedMs)
    {
        claim.License.LastReleasedMs = lastReleasedMs;
        Hold(claim, again: true);
    }
}
