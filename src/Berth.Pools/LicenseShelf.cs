namespace Berth.Pools;

/// <summary>The licenses of a pool in import order, and how many seats of them are free: what the picker looks at.</summary>
internal sealed class LicenseShelf
{
    private readonly Dictionary<string, License> _byId = new(StringComparer.Ordinal);
    private readonly List<License?> _slots = [];
    private readonly FreeSeats _free = new();
    private readonly LapseCalendar _lapses = new();

    public int Count => _byId.Count;

    /// <summary>Places of the import order, those of forgotten licenses included.</summary>
    public int SlotCount => _slots.Count;

    /// <summary>Seats of all licenses.</summary>
    public long SeatCount { get; private set; }

    /// <summary>Seats that a claim could take now.</summary>
    public long FreeSeatCount => _free.Total;

    /// <summary>Seats that nobody holds and that are withheld because their license is past its expiry.</summary>
    public long LapsedSeatCount { get; private set; }

    public IEnumerable<License> InOrder => _slots.Where(license => license is not null)!;

    public License? At(int slot) => _slots[slot];

    public License? Find(string id) => _byId.GetValueOrDefault(id);

    public License? Find(ReadOnlySpan<char> id) =>
        _byId.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var license) ? license : null;

    /// <summary>The license of the free seat with this rank in import order.</summary>
    public License FreeSeatAt(long rank) => _slots[_free.Find(rank)]!;

    /// <summary>Puts a license last.</summary>
    public License Add(LicenseId id, int seats, long? expiryMs, long wallMs)
    {
        var license = new License(id, _slots.Count, seats, expiryMs, wallMs);
        _slots.Add(license);
        _free.Append(0);
        PutBack(license);
        return license;
    }

    /// <summary>Takes the last license away as if it had never been.</summary>
    public void TakeBack(License license)
    {
        license.Retired = true;
        Relist(license);
        Forget(license);
        _free.RemoveLast();
        _slots.RemoveAt(license.Slot);
    }

    /// <summary>A retired license that nobody holds is no longer known; its place stays empty.</summary>
    public void Forget(License license)
    {
        _byId.Remove(license.Id.Value);
        _slots[license.Slot] = null;
        SeatCount -= license.Seats;
        if (license.ExpiryMs is { } at)
        {
            _lapses.Remove(at, license.Slot);
        }
    }

    /// <summary>A license that was forgotten, or is new, is known at its place.</summary>
    public void PutBack(License license)
    {
        _byId.Add(license.Id.Value, license);
        _slots[license.Slot] = license;
        SeatCount += license.Seats;
        license.Lapsed = license.ExpiryMs is { } at && _lapses.Add(at, license.Slot);
        Relist(license);
    }

    /// <summary>A license gives other seats or ends at another time.</summary>
    public void Change(License license, int seats, long? expiryMs)
    {
        if (license.ExpiryMs is { } before)
        {
            _lapses.Remove(before, license.Slot);
        }

        SeatCount += seats - license.Seats;
        license.Seats = seats;
        license.ShedAbove = license.Held > seats ? license.NumberOfLastKept(seats) : long.MaxValue;
        license.ExpiryMs = expiryMs;
        license.Lapsed = expiryMs is { } at && _lapses.Add(at, license.Slot);
        Relist(license);
    }

    /// <summary>Counts a license anew, after anything about it has changed.</summary>
    public void Relist(License license)
    {
        var delta = license.Grantable - license.Listed;
        if (delta != 0)
        {
            license.Listed += delta;
            _free.Add(license.Slot, delta);
        }

        LapsedSeatCount += license.Withheld - license.ListedLapsed;
        license.ListedLapsed = license.Withheld;
    }

    /// <summary>The licenses for a snapshot, in import order.</summary>
    public IReadOnlyList<LicenseImage> Capture() => LicenseImage.Of(_slots, _byId.Count);

    /// <summary>How many licenses end when.</summary>
    public LicenseEndCounts EndsAt(long wallMs) => _lapses.CountAt(wallMs);

    /// <summary>Follows the wall clock: which licenses are past their expiry.</summary>
    public void LookAtExpiries(long wallMs)
    {
        foreach (var slot in _lapses.MoveTo(wallMs, out var lapsed))
        {
            var license = _slots[slot]!;
            license.Lapsed = lapsed;
            Relist(license);
        }
    }
}
