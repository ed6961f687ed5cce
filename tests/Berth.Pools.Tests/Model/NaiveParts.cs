namespace Berth.Pools.Tests.Model;

/// <summary>One license.</summary>
internal sealed record NaiveSeat(LicenseId Id, long AddedMs)
{
    public int Seats { get; set; }

    public long? ExpiryMs { get; set; }

    public bool Retired { get; set; }

    public long ShedAbove { get; set; } = long.MaxValue;

    public long Claims { get; set; }

    public long ClaimedMs { get; set; }

    public long ReleasedMs { get; set; }
}

/// <summary>What is remembered of a node for a time.</summary>
internal sealed record NaiveNote(LicenseId License, string Text, long LengthMs, long UntilWallMs)
{
    public long UntilMs { get; set; }
}

/// <summary>One claim.</summary>
internal sealed record NaiveHolding(ClaimSeat By, LicenseId License, long Number, long Version, long WallMs)
{
    public long UntilMs { get; set; }

    public bool Repeated { get; set; }
}
