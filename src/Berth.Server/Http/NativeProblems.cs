using System.Text.Json;
using Berth.Pools;
using Berth.Protocol;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Http;

/// <summary>The problems of <c>/v2</c>, and which reply of a pool is which.</summary>
internal static class NativeProblems
{
    public static readonly ClaimProblem NotFound = new(
        ClaimProblemCodes.NotFound, 404, $"no such path; there is {ClaimRoutes.Claim}");

    public static readonly ClaimProblem MethodNotAllowed = new(
        ClaimProblemCodes.MethodNotAllowed, 405, $"the path takes {ClaimRoutes.Methods}");

    public static readonly ClaimProblem InvalidPool = new(
        ClaimProblemCodes.InvalidPool,
        400,
        $"the path names no pool: 1 to {PoolName.MaxBytes} bytes of percent-encoded UTF-8 without control characters and slashes; - is the global pool");

    public static readonly ClaimProblem InvalidFingerprint = new(
        ClaimProblemCodes.InvalidFingerprint,
        400,
        $"the path names no fingerprint: 1 to {Fingerprint.MaxBytes} bytes of percent-encoded UTF-8 without control characters and slashes");

    public static readonly ClaimProblem Attribution = new(
        ClaimProblemCodes.InvalidRequest,
        400,
        $"user or host is not text of at most {ClaimRoutes.MaxNameBytes} bytes without control characters");

    public static readonly ClaimProblem ClaimKey = new(
        ClaimProblemCodes.InvalidRequest,
        400,
        $"the claim key is not 1 to {ClaimRoutes.MaxClaimKeyLength} visible ASCII characters, given once");

    public static readonly ClaimProblem NoObject = new(ClaimProblemCodes.InvalidRequest, 400, "the body is not a JSON object");

    public static readonly ClaimProblem TooLarge = new(
        ClaimProblemCodes.TooLarge, 413, $"the body is larger than {ClaimRoutes.MaxRequestBytes} bytes");

    public static readonly ClaimProblem TooManyRequests = new(
        ClaimProblemCodes.TooManyRequests, 429, "this address or this node asks too often: nothing happened");

    public static readonly ClaimProblem ClaimNotHeld = new(
        ClaimProblemCodes.ClaimNotHeld, 404, "the node holds no claim in this pool");

    private static readonly ClaimProblem _poolNotFound = new(ClaimProblemCodes.PoolNotFound, 404, "no pool has this name");

    private static readonly ClaimProblem _claimKeyMismatch = new(
        ClaimProblemCodes.ClaimKeyMismatch, 409, "the claim was made with another claim key: another node goes by this fingerprint");

    private static readonly ClaimProblem _heldElsewhere = new(
        ClaimProblemCodes.HeldElsewhere, 409, "the node holds a seat in another pool, and may hold one in all; release that first");

    public static readonly ClaimProblem Unavailable = new(
        ClaimProblemCodes.Unavailable, 503, "the pool cannot be asked at the moment: nothing happened; send the request again");

    private static readonly ClaimProblem _restoredCopy = new(
        ClaimProblemCodes.RestoredCopy, 503, "the member's store is a restored copy that nobody has confirmed, or went back in time: no seats are given; nothing happened");

    public static readonly ClaimProblem OutcomeUnknown = new(
        ClaimProblemCodes.OutcomeUnknown, 503, "it may have happened or not: send the request again; what the node was told before stays true");

    public static ClaimProblem UnsupportedPool(PoolName only) => new(
        ClaimProblemCodes.UnsupportedPool, 400, $"this edge serves the pool {only} alone");

    public static ClaimProblem Malformed(JsonException broken) => new(
        ClaimProblemCodes.InvalidRequest,
        400,
        $"the body is not a JSON object with the texts user, host and claimKey, each at most once: line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}");

    public static ClaimProblem Malformed(BadHttpRequestException broken) => broken.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => new(ClaimProblemCodes.RequestTimeout, 408, "the body did not come in time"),
        StatusCodes.Status413PayloadTooLarge => TooLarge,
        _ => new(ClaimProblemCodes.InvalidRequest, 400, "the body is not framed as HTTP asks for"),
    };

    /// <summary>What a reply means that gives, shows or frees no claim.</summary>
    public static ClaimProblem Of(PoolReply reply) => reply switch
    {
        NotHeld => ClaimNotHeld,
        NoSuchPool => _poolNotFound,
        OtherClaimKey => _claimKeyMismatch,
        HeldElsewhere => _heldElsewhere,
        CoolingDown => new(ClaimProblemCodes.CoolingDown, 409, "an operator took the node's seat away; it may claim again later"),
        NoSeatFree none => new(ClaimProblemCodes.NoSeatFree, 409, "no seat is free", ReasonOf(none.Reason)),
        NotOwner or Busy or NotWritten => Unavailable,
        GrantsWithheld => _restoredCopy,
        _ => OutcomeUnknown,
    };

    private static string ReasonOf(DenialReason reason) => reason switch
    {
        DenialReason.NoLicenses => NoSeatReasons.NoLicenses,
        DenialReason.AllHeld => NoSeatReasons.AllHeld,
        DenialReason.Expired => NoSeatReasons.Expired,
        _ => throw new System.Diagnostics.UnreachableException($"The reason {reason} has no name."),
    };
}
