using Berth.Pools;
using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>The problems of the management API, and which reply of a pool is which.</summary>
internal static class Problems
{
    public static Problem Invalid(string detail) => new(ProblemCodes.InvalidRequest, 400, detail);

    public static Problem NoSuchLicense(string id) => new(ProblemCodes.LicenseNotFound, 404, $"license {id} not found");

    public static Problem NoSuchPool(string? pool = null) => new(ProblemCodes.PoolNotFound, 404, "pool not found") { Pool = pool };

    public static Problem NoSuchHolder(string fingerprint, string? pool) =>
        new(ProblemCodes.HolderNotFound, 404, $"node {fingerprint} holds no seat in {(pool is null ? "any pool" : $"pool {pool}")}") { Pool = pool };

    public static Problem Duplicate() => new(ProblemCodes.LicenseExists, 409, "license with the provided key already exists");

    public static Problem OlderFile(string id, DateTimeOffset issued, DateTimeOffset there) => new(
        ProblemCodes.LicenseOlder, 409, $"license {id} is there with a file issued at {there:u}; this one is older, issued at {issued:u}");

    public static Problem Internal() => new(ProblemCodes.Internal, 500, "the member failed; its log says why");

    /// <summary>What a reply means that is not the one hoped for.</summary>
    public static Problem Of(PoolReply reply) => reply switch
    {
        Berth.Pools.NoSuchPool => NoSuchPool(),
        NoSuchLicense missing => NoSuchLicense(missing.License.Value),
        DuplicateLicense => Duplicate(),
        GrantsWithheld => new(ProblemCodes.RestoredCopy, 503, "the store is a restored copy that nobody has confirmed (run `berth confirm-restore`), or it went back in time (the log says store.went-back): no seats are given"),
        Busy => new(ProblemCodes.Unavailable, 503, "the member has too much to do: nothing happened; try again"),
        NotOwner => new(ProblemCodes.Unavailable, 503, "the pool cannot be used at the moment: nothing happened; try again"),
        NotWritten refused => new(ProblemCodes.NotWritten, 503, $"nothing was written: {refused.Reason}"),
        Unknown => new(ProblemCodes.OutcomeUnknown, 503, "the store failed midway: it may have been done or not; look before asking again"),
        _ => Internal(),
    };
}
