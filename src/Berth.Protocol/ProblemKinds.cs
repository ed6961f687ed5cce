using System.Collections.Frozen;

namespace Berth.Protocol;

/// <summary>What is the same for all problems of one code.</summary>
/// <param name="Code">One of <see cref="ProblemCodes"/>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">A few words for people.</param>
public sealed record ProblemKind(string Code, int Status, string Title);

/// <summary>All kinds of problems. <c>docs/errors.md</c> explains each.</summary>
public static class ProblemKinds
{
    /// <summary>Every code of <see cref="ProblemCodes"/>.</summary>
    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        new(ProblemCodes.InvalidRequest, 400, "The request does not make sense"),
        new(ProblemCodes.NotFound, 404, "There is no such route"),
        new(ProblemCodes.Unauthorized, 401, "A token is missing or wrong"),
        new(ProblemCodes.Forbidden, 403, "The role does not allow it"),
        new(ProblemCodes.LicenseNotFound, 404, "No license has this id"),
        new(ProblemCodes.PoolNotFound, 404, "No pool has this name"),
        new(ProblemCodes.HolderNotFound, 404, "The node holds no seat there"),
        new(ProblemCodes.MemberNotFound, 404, "No member has this name"),
        new(ProblemCodes.MethodNotAllowed, 405, "The route does not take this method"),
        new(ProblemCodes.LicenseExists, 409, "The license is there already"),
        new(ProblemCodes.LicenseOlder, 409, "The license is there with a newer file"),
        new(ProblemCodes.MemberAlive, 409, "The member lives"),
        new(ProblemCodes.ShardNotMoved, 409, "The shard was not moved"),
        new(ProblemCodes.NotClustered, 409, "There is no cluster"),
        new(ProblemCodes.IdempotencyKeyBusy, 409, "The same request is not answered yet"),
        new(ProblemCodes.TooLarge, 413, "The request is too large"),
        new(ProblemCodes.LicenseRejected, 422, "The license file is not accepted"),
        new(ProblemCodes.LicenseExpired, 422, "The license file is past its end"),
        new(ProblemCodes.SeatsNotAllowed, 422, "The license allows fewer seats"),
        new(ProblemCodes.IdempotencyKeyReused, 422, "The idempotency key was used for another request"),
        new(ProblemCodes.TooManyRequests, 429, "Too many requests"),
        new(ProblemCodes.Internal, 500, "The member failed"),
        new(ProblemCodes.Unavailable, 503, "Not possible at the moment"),
        new(ProblemCodes.RestoredCopy, 503, "The store is a restored copy, or went back in time"),
        new(ProblemCodes.NotWritten, 503, "The store refused"),
        new(ProblemCodes.OutcomeUnknown, 503, "It may have happened or not"),
    ];

    private static readonly FrozenDictionary<string, ProblemKind> _byCode = All.ToFrozenDictionary(kind => kind.Code, StringComparer.Ordinal);

    /// <summary>The kind of a code; null: a code that this version does not know.</summary>
    public static ProblemKind? Find(string code) => _byCode.GetValueOrDefault(code);
}
