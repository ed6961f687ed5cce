using System.Diagnostics.CodeAnalysis;

namespace Berth.Protocol;

/// <summary>Why something was not done (RFC 9457). The text may change, the code does not.</summary>
/// <param name="Code">Which kind: one of <see cref="ProblemCodes"/>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">In words for a person, without secrets.</param>
/// <param name="Added">Licenses that were added before the first failure; they stay.</param>
public sealed record Problem(string Code, int Status, string Detail, IReadOnlyList<AddedLicense>? Added = null)
{
    /// <summary>The content type of a problem.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>The pool it is about, where that is known.</summary>
    public string? Pool { get; init; }

    /// <summary>When asking again may help, where that is known.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>In a few words, the same for each code; null: a code that this version does not know.</summary>
    public string? Title => ProblemKinds.Find(Code)?.Title;

    /// <summary>The code as a URI.</summary>
    public string Type => "urn:berth:problem:" + Code;
}

/// <summary>The stable codes of problems.</summary>
public static class ProblemCodes
{
    /// <summary>The request does not make sense. 400.</summary>
    public const string InvalidRequest = "invalid-request";

    /// <summary>The request needs a token, or has a wrong one. 401.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>The token's role is too small, or the request names the member by a name that is not its own. 403.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>No such route. 404.</summary>
    public const string NotFound = "not-found";

    /// <summary>No license has this id. 404.</summary>
    public const string LicenseNotFound = "license-not-found";

    /// <summary>No pool has this name. 404.</summary>
    public const string PoolNotFound = "pool-not-found";

    /// <summary>The node holds no seat there. 404.</summary>
    public const string HolderNotFound = "holder-not-found";

    /// <summary>No member of the cluster ever had this name. 404.</summary>
    public const string MemberNotFound = "member-not-found";

    /// <summary>The member renews its lease, or is the one that answers: it is not marked down. 409.</summary>
    public const string MemberAlive = "member-alive";

    /// <summary>A shard's owner, or the member that was to have it, did not move it: nothing happened.</summary>
    public const string ShardNotMoved = "shard-not-moved";

    /// <summary>The member that answers is the only one. 409.</summary>
    public const string NotClustered = "not-clustered";

    /// <summary>The method does not fit the route. 405.</summary>
    public const string MethodNotAllowed = "method-not-allowed";

    /// <summary>The license id, key or file is there already, in some pool. 409.</summary>
    public const string LicenseExists = "license-exists";

    /// <summary>An earlier request with the same <c>Idempotency-Key</c> is not answered yet. 409.</summary>
    public const string IdempotencyKeyBusy = "idempotency-key-busy";

    /// <summary>The license is there already with a newer file. 409.</summary>
    public const string LicenseOlder = "license-older";

    /// <summary>The request is too large. 413.</summary>
    public const string TooLarge = "too-large";

    /// <summary>The license file is not the vendor's, cannot be opened, or is not good now. 422.</summary>
    public const string LicenseRejected = "license-rejected";

    /// <summary>The license file is past its end. 422.</summary>
    public const string LicenseExpired = "license-expired";

    /// <summary>The license file allows fewer seats. 422.</summary>
    public const string SeatsNotAllowed = "seats-not-allowed";

    /// <summary>Too many requests were sent; <c>Retry-After</c> says when to send again. Nothing happened. 429.</summary>
    public const string TooManyRequests = "too-many-requests";

    /// <summary>The <c>Idempotency-Key</c> was used for another request. 422.</summary>
    public const string IdempotencyKeyReused = "idempotency-key-reused";

    /// <summary>Something is wrong with the member itself; its log says what. 500.</summary>
    public const string Internal = "internal";

    /// <summary>Too much is waiting, or the pool is with another member. Nothing happened. 503.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>The store is a restored copy that no operator has confirmed: no seats are given. Nothing happened. 503.</summary>
    public const string RestoredCopy = "restored-copy";

    /// <summary>The store refused. Nothing happened. 503.</summary>
    public const string NotWritten = "not-written";

    /// <summary>It may have happened or not. 503.</summary>
    public const string OutcomeUnknown = "outcome-unknown";
}

/// <summary>What was asked for, or why not.</summary>
/// <param name="Value">What was asked for.</param>
/// <param name="Problem">Why not.</param>
public sealed record Answer<T>(T? Value, Problem? Problem)
    where T : class
{
    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsGood => Problem is null;

    /// <summary>The value.</summary>
    public static implicit operator Answer<T>(T value) => new(value, null);

    /// <summary>The problem.</summary>
    public static implicit operator Answer<T>(Problem problem) => new(null, problem);
}
