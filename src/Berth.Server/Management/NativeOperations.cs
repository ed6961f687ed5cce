using System.Text.Json.Serialization.Metadata;
using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>The calls of the native claim API, which the edge answers.</summary>
internal static class NativeOperations
{
    private static readonly ApiParameter[] _path =
    [
        new("pool", "path", "the pool; - is the global one", Required: true),
        new("fingerprint", "path", "what the node is known by", Required: true),
    ];

    private static readonly ApiParameter _claimKey =
        new(ClaimRoutes.ClaimKeyHeader, "header", "the claim key, where the body names none", Required: false);

    private static readonly ApiParameter[] _who =
    [
        new(ClaimRoutes.UserHeader, "header", "the user at the node, where the body names none", Required: false),
        new(ClaimRoutes.HostHeader, "header", "the host of the node, where the body names none", Required: false),
        _claimKey,
        new("Prefer", "header", "return=representation: hand the license out with a renewal too", Required: false),
    ];

    private static readonly ApiAnswer[] _problems =
    [
        Problem(400, ClaimProblemCodes.InvalidRequest, ClaimProblemCodes.InvalidPool, ClaimProblemCodes.InvalidFingerprint, ClaimProblemCodes.UnsupportedPool),
        Problem(404, ClaimProblemCodes.PoolNotFound, ClaimProblemCodes.ClaimNotHeld),
        Problem(405, ClaimProblemCodes.MethodNotAllowed),
        Problem(408, ClaimProblemCodes.RequestTimeout),
        Problem(409, ClaimProblemCodes.NoSeatFree, ClaimProblemCodes.CoolingDown, ClaimProblemCodes.ClaimKeyMismatch, ClaimProblemCodes.HeldElsewhere),
        Problem(413, ClaimProblemCodes.TooLarge),
        Problem(429, ClaimProblemCodes.TooManyRequests),
        Problem(503, ClaimProblemCodes.Unavailable, ClaimProblemCodes.RestoredCopy, ClaimProblemCodes.OutcomeUnknown),
    ];

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        Of("PUT", "Claim a seat, or renew the one that is held", _who, ClaimJson.Default.ClaimRequest,
            new ApiAnswer(200, "Renewed", ClaimJson.Default.ClaimEntry), new ApiAnswer(201, "Claimed, with the license", ClaimJson.Default.ClaimEntry)),
        Of("GET", "Show the claim of a node", [], null, new ApiAnswer(200, "Held", ClaimJson.Default.ClaimEntry)),
        Of("DELETE", "Give the seat back", [_claimKey], null, new ApiAnswer(204, "Released", null)),
    ];

    private static ApiOperation Of(string method, string summary, ApiParameter[] headers, JsonTypeInfo? body, params ApiAnswer[] answers) =>
        new(ClaimRoutes.Claim, method, summary, [.. _path, .. headers], body, [.. answers, .. _problems], []) { BodyRequired = false };

    private static ApiAnswer Problem(int status, params string[] codes) =>
        new(status, string.Join(", ", codes), ClaimJson.Default.ClaimProblem, Type: Berth.Protocol.Problem.ContentType);
}
