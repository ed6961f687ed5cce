namespace Berth.Pools;

/// <summary>How full a pool is, and how its licenses and holders stand, at one moment.</summary>
/// <param name="Seats">Seats of all licenses.</param>
/// <param name="Held">Seats held.</param>
/// <param name="Free">Seats that a claim could take.</param>
/// <param name="Lapsed">Seats that nobody holds and that are withheld because their license is past its end.</param>
/// <param name="Licenses">Licenses, retired ones included.</param>
/// <param name="Ends">When they end.</param>
/// <param name="HeardAgesMs">
/// How long ago, in milliseconds, some of the holders were heard: an even choice among all, or all where there are few. Who was not heard
/// since the pool was opened counts from then. Empty where heartbeats are off.
/// </param>
public sealed record PoolFigures(
    long Seats, int Held, long Free, long Lapsed, int Licenses, LicenseEndCounts Ends, IReadOnlyList<long> HeardAgesMs)
{
    internal static PoolFigures Of(PoolState state, LicenseShelf shelf, DeadlineHeap holders, in PoolLook look)
    {
        state.LookAtExpiries(look.WallMs, look.EnforceExpiry);
        return new PoolFigures(
            state.SeatCount,
            state.ClaimCount,
            state.FreeSeatCount,
            state.LapsedSeatCount,
            state.LicenseCount,
            shelf.EndsAt(look.WallMs),
            state.Adopted is { Heartbeats: false } ? [] : Ages(holders, look));
    }

    private static long[] Ages(DeadlineHeap holders, in PoolLook look)
    {
        var ages = new long[Math.Min(holders.Count, look.MostHolders)];
        for (var i = 0; i < ages.Length; i++)
        {
            // The middle of each of so many equal stretches.
            var heardMs = holders.At((int)(((2L * i) + 1) * holders.Count / (2L * ages.Length))).HeardMs;
            ages[i] = Math.Max(0, look.NowMs - (heardMs == Claim.NeverHeard ? look.OpenedMs : heardMs));
        }

        return ages;
    }
}

/// <summary>A look at a pool from outside of its rules.</summary>
/// <param name="NowMs">The service clock.</param>
/// <param name="WallMs">The wall clock (Unix milliseconds).</param>
/// <param name="OpenedMs">When the pool was opened, on the service clock.</param>
/// <param name="EnforceExpiry">Whether licenses past their end give no seats.</param>
/// <param name="MostHolders">The most holders to look at.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
public readonly record struct PoolLook(long NowMs, long WallMs, long OpenedMs, bool EnforceExpiry, int MostHolders);
