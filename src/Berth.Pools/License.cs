namespace Berth.Pools;

/// <summary>A license of a pool: its seats, who holds how many of them, and its place in the import order.</summary>
public sealed class License
{
    private Claim? _newest;

    internal License(LicenseId id, int slot, int seats, long? expiryMs, long addedWallMs)
    {
        Id = id;
        Slot = slot;
        Seats = seats;
        ExpiryMs = expiryMs;
        AddedWallMs = addedWallMs;
    }

    /// <summary>The id inside the file.</summary>
    public LicenseId Id { get; }

    /// <summary>Place in the pool's import order, from 0.</summary>
    public int Slot { get; }

    /// <summary>Seats it gives.</summary>
    public int Seats { get; internal set; }

    /// <summary>When the picker stops choosing it (Unix milliseconds); null: never.</summary>
    public long? ExpiryMs { get; internal set; }

    /// <summary>When it was added (Unix milliseconds).</summary>
    public long AddedWallMs { get; }

    /// <summary>Seats held.</summary>
    public int Held { get; internal set; }

    /// <summary>Taken out while held: no new grants.</summary>
    public bool Retired { get; internal set; }

    /// <summary>Grants so far.</summary>
    public long Claims { get; internal set; }

    /// <summary>Last grant (Unix milliseconds), 0: never.</summary>
    public long LastClaimedMs { get; internal set; }

    /// <summary>Last release or expiry (Unix milliseconds), 0: never.</summary>
    public long LastReleasedMs { get; internal set; }

    /// <summary>The number of the newest grant; it names the holder of a license with one seat.</summary>
    public long LastNumber { get; internal set; }

    /// <summary>The claims that hold its seats, newest first.</summary>
    public IEnumerable<Claim> Holders
    {
        get
        {
            for (var claim = _newest; claim is not null; claim = claim.Older)
            {
                yield return claim;
            }
        }
    }

    /// <summary>Past its expiry as last looked at; derived, never stored.</summary>
    internal bool Lapsed { get; set; }

    /// <summary>What it counts for in <see cref="FreeSeats"/> at the moment.</summary>
    internal int Listed { get; set; }

    /// <summary>What it counts for among the unheld seats that are past their expiry.</summary>
    internal int ListedLapsed { get; set; }

    internal bool IsPickable => !Lapsed && !Retired;

    /// <summary>While more is held than it gives, grants with a greater number are not renewed: the newest go.</summary>
    internal long ShedAbove { get; set; } = long.MaxValue;

    internal int Grantable => IsPickable ? Math.Max(0, Seats - Held) : 0;

    internal int Withheld => Lapsed && !Retired ? Math.Max(0, Seats - Held) : 0;

    /// <summary>What is known of its past: grants so far, the last grant and the last release.</summary>
    internal void TakeOver(long claims, long lastClaimedMs, long lastReleasedMs)
    {
        Claims = claims;
        LastClaimedMs = lastClaimedMs;
        LastReleasedMs = lastReleasedMs;
    }

    /// <summary>
    /// Puts a claim before all others: it is the newest; or, <paramref name="again"/>, between its neighbors of when it was taken
    /// out, to which all that came after must have been taken back.
    /// </summary>
    internal void Link(Claim claim, bool again)
    {
        if (!again)
        {
            claim.Newer = null;
            claim.Older = _newest;
        }

        if (claim.Older is { } older)
        {
            older.Newer = claim;
        }

        if (claim.Newer is { } newer)
        {
            newer.Older = claim;
        }
        else
        {
            _newest = claim;
        }
    }

    /// <summary>The number above which grants go when only so many stay.</summary>
    internal long NumberOfLastKept(int kept)
    {
        var claim = _newest;
        for (var above = Held - kept; above > 0 && claim is not null; above--)
        {
            claim = claim.Older;
        }

        return claim?.Number ?? 0;
    }

    /// <summary>Takes a claim out. It remembers its neighbors.</summary>
    internal void Unlink(Claim claim)
    {
        if (claim.Newer is null)
        {
            _newest = claim.Older;
        }
        else
        {
            claim.Newer.Older = claim.Older;
        }

        if (claim.Older is not null)
        {
            claim.Older.Newer = claim.Newer;
        }
    }
}

/// <summary>A node holding a seat.</summary>
public sealed class Claim
{
    /// <summary>A service clock begins at 0.</summary>
    internal const long NeverHeard = -1;

    internal Claim(Fingerprint node, License license, long number, long version, long grantedWallMs, string? claimKey, Who who)
    {
        Node = node;
        License = license;
        Number = number;
        Version = version;
        GrantedWallMs = grantedWallMs;
        ClaimKey = claimKey;
        Holder = who.User is null && who.Host is null ? null : who;
    }

    /// <summary>Who holds.</summary>
    public Fingerprint Node { get; }

    /// <summary>What is held.</summary>
    public License License { get; }

    /// <summary>The number of the grant in this pool.</summary>
    public long Number { get; }

    /// <summary>The version of the grant in the pool's journal.</summary>
    public long Version { get; }

    /// <summary>When it was granted (Unix milliseconds).</summary>
    public long GrantedWallMs { get; }

    /// <summary>The key by which a restarted node can prove the claim is its own.</summary>
    public string? ClaimKey { get; }

    /// <summary>User and host, if the node named any.</summary>
    public Who? Holder { get; }

    /// <summary>It is not renewed where it is: its license is taken out, or gives fewer seats than are held.</summary>
    internal bool MustMove => License.Retired || (License.Held > License.Seats && Number > License.ShedAbove);

    /// <summary>On the service clock; never lowered. What counts is at least the pool's floor.</summary>
    internal long DeadlineMs { get; set; }

    /// <summary>On the service clock: when the node last claimed or renewed; <see cref="NeverHeard"/>: not since the pool was opened.</summary>
    internal long HeardMs { get; set; } = NeverHeard;

    internal int HeapIndex { get; set; } = -1;

    /// <summary>The holders of a license are linked: the next newer one.</summary>
    internal Claim? Newer { get; set; }

    /// <summary>The next older one.</summary>
    internal Claim? Older { get; set; }

    /// <summary>The license went out with a 202 after a recovery; it is not repeated twice.</summary>
    internal bool Repeated { get; set; }
}
