using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Berth.Pools;

/// <summary>A pool's state at one version, for a snapshot: what the events up to there come to, without any clock.</summary>
/// <param name="Header">What is not a license or a claim.</param>
/// <param name="Licenses">In import order.</param>
/// <param name="Claims">In no order; the objects' stored parts never change.</param>
/// <param name="CoolDowns">Nodes whose seat was taken away and that may not claim for a time.</param>
/// <param name="Lapsed">Nodes whose claim expired and that may find the same seat again.</param>
public sealed record PoolImage(
    PoolHeader Header,
    IReadOnlyList<LicenseImage> Licenses,
    IReadOnlyList<Claim> Claims,
    IReadOnlyList<NodeNote> CoolDowns,
    IReadOnlyList<NodeNote> Lapsed);

/// <summary>What of a pool's state is neither a license nor a claim.</summary>
/// <param name="Name">The pool.</param>
/// <param name="Version">The version the image stands at.</param>
/// <param name="Grants">Grants so far; the next one's number is one more.</param>
/// <param name="LongestTtlMs">The longest ttl that a live claim may have been told.</param>
/// <param name="Exception">The pool's exception.</param>
/// <param name="ClusterPolicy">The recorded cluster policy (global pool only).</param>
/// <param name="Adopted">The policy that nodes were last told.</param>
public sealed record PoolHeader(
    string Name,
    long Version,
    long Grants,
    long LongestTtlMs,
    PolicyException Exception,
    Policy? ClusterPolicy,
    Policy? Adopted);

/// <summary>A license as stored in a snapshot.</summary>
public readonly record struct LicenseImage(
    LicenseId Id, int Seats, long? ExpiryMs, long AddedWallMs, bool Retired, long Claims, long LastClaimedMs, long LastReleasedMs)
{
    /// <summary>
    /// The images of the licenses there are. Compiled to the full at once: it runs too seldom to be found worth it, and each
    /// time its pool stands still.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static LicenseImage[] Of(List<License?> slots, int count)
    {
        var images = new LicenseImage[count];
        var next = 0;
        foreach (var slot in CollectionsMarshal.AsSpan(slots))
        {
            if (slot is { } l)
            {
                images[next++] = new LicenseImage(
                    l.Id, l.Seats, l.ExpiryMs, l.AddedWallMs, l.Retired, l.Claims, l.LastClaimedMs, l.LastReleasedMs);
            }
        }

        return images;
    }
}

/// <summary>A claim as read from a snapshot.</summary>
public readonly record struct ClaimImage(
    Fingerprint Node, LicenseId License, long Number, long Version, long GrantedWallMs, string? ClaimKey, string? User, string? Host);
