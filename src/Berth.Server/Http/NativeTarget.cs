using Berth.Pools;

namespace Berth.Server.Http;

/// <summary>
/// What the raw target of a request to <c>/v2</c> names. A name that decodes to a slash or a dot segment is refused and not taken
/// for another path: what stands between client and member may read it either way.
/// </summary>
/// <param name="IsClaim">The path is that of a claim.</param>
/// <param name="Pool">Decoded; null: not the name of a pool.</param>
/// <param name="Fingerprint">Decoded; null: not a fingerprint.</param>
internal readonly record struct NativeTarget(bool IsClaim, PoolName? Pool, string? Fingerprint)
{
    private const string Pools = "/v2/pools/";
    private const string Claims = "/claims/";

    public static NativeTarget Parse(string rawTarget)
    {
        var path = RequestTarget.PathOf(rawTarget);
        if (!path.StartsWith(Pools, StringComparison.Ordinal))
        {
            return default;
        }

        path = path[Pools.Length..];
        var end = path.IndexOf('/');
        if (end <= 0 || !path[end..].StartsWith(Claims, StringComparison.Ordinal))
        {
            return default;
        }

        var pool = path[..end];
        var fingerprint = path[(end + Claims.Length)..];
        return fingerprint.IsEmpty || fingerprint.Contains('/')
            ? default
            : new NativeTarget(true, PoolIn(pool), FingerprintIn(fingerprint));
    }

    private static PoolName? PoolIn(ReadOnlySpan<char> segment)
    {
        var name = NameIn(segment, PoolName.MaxBytes);
        return name == PoolName.Global.Value || (name is not null && PoolName.IsValid(name)) ? new PoolName(name) : null;
    }

    private static string? FingerprintIn(ReadOnlySpan<char> segment) =>
        NameIn(segment, Berth.Pools.Fingerprint.MaxBytes) is { } name && Berth.Pools.Fingerprint.IsValid(name) ? name : null;

    private static string? NameIn(ReadOnlySpan<char> segment, int maxBytes) =>
        RequestTarget.Decode(segment, maxBytes) is { } name && name is not ("." or "..") && !name.Contains('/') ? name : null;
}
