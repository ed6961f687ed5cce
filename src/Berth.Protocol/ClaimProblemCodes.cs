namespace Berth.Protocol;

/// <summary>The stable codes of the problems of <c>/v2</c>. Those that <see cref="ProblemCodes"/> has too mean the same there.</summary>
public static class ClaimProblemCodes
{
    /// <summary>The body or a header does not make sense. 400.</summary>
    public const string InvalidRequest = ProblemCodes.InvalidRequest;

    /// <summary>The path names no pool: 1 to 128 bytes of UTF-8 without control characters and slashes. 400.</summary>
    public const string InvalidPool = "invalid-pool";

    /// <summary>The path names no node: 1 to 512 bytes of UTF-8 without control characters and slashes. 400.</summary>
    public const string InvalidFingerprint = "invalid-fingerprint";

    /// <summary>The edge is locked to another pool. 400.</summary>
    public const string UnsupportedPool = "unsupported-pool";

    /// <summary>No such path. 404.</summary>
    public const string NotFound = ProblemCodes.NotFound;

    /// <summary>No pool has this name. 404.</summary>
    public const string PoolNotFound = ProblemCodes.PoolNotFound;

    /// <summary>The node holds no claim in this pool. 404.</summary>
    public const string ClaimNotHeld = "claim-not-held";

    /// <summary>The method does not fit the path; <c>Allow</c> names those that do. 405.</summary>
    public const string MethodNotAllowed = ProblemCodes.MethodNotAllowed;

    /// <summary>The body did not come in time. 408.</summary>
    public const string RequestTimeout = "request-timeout";

    /// <summary>No seat can be given now; the reason says why. 409.</summary>
    public const string NoSeatFree = "no-seat-free";

    /// <summary>An operator took the node's seat away, and its cool-down is not over. 409.</summary>
    public const string CoolingDown = "cooling-down";

    /// <summary>The claim was made with another claim key: another node goes by this fingerprint. 409.</summary>
    public const string ClaimKeyMismatch = "claim-key-mismatch";

    /// <summary>The node holds a seat in another pool, and may hold one in all. 409.</summary>
    public const string HeldElsewhere = "held-elsewhere";

    /// <summary>The address or the node asks too often; <c>Retry-After</c> says when to ask again. Nothing happened. 429.</summary>
    public const string TooManyRequests = ProblemCodes.TooManyRequests;

    /// <summary>The body is too large. 413.</summary>
    public const string TooLarge = ProblemCodes.TooLarge;

    /// <summary>The pool cannot be asked at the moment. Nothing happened. 503.</summary>
    public const string Unavailable = ProblemCodes.Unavailable;

    /// <summary>The store is a restored copy that nobody has confirmed: no seats are given. Nothing happened. 503.</summary>
    public const string RestoredCopy = ProblemCodes.RestoredCopy;

    /// <summary>It may have happened or not. 503.</summary>
    public const string OutcomeUnknown = ProblemCodes.OutcomeUnknown;
}

/// <summary>Why no seat is free.</summary>
public static class NoSeatReasons
{
    /// <summary>The pool has no license.</summary>
    public const string NoLicenses = "no-licenses";

    /// <summary>Every seat is held.</summary>
    public const string AllHeld = "all-held";

    /// <summary>Seats are unheld, but their licenses are past their end.</summary>
    public const string Expired = "expired";
}
