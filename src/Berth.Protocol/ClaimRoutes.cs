namespace Berth.Protocol;

/// <summary>The native claim API, <c>/v2</c>, on the edge's port: its path, headers and limits.</summary>
public static class ClaimRoutes
{
    /// <summary>
    /// PUT: claim or renew. GET: the claim. DELETE: release. The pool <c>-</c> is the global one; both names are percent-encoded UTF-8
    /// without slashes.
    /// </summary>
    public const string Claim = "/v2/pools/{pool}/claims/{fingerprint}";

    /// <summary>The methods that the path takes, as in <c>Allow</c>.</summary>
    public const string Methods = "GET, PUT, DELETE";

    /// <summary>Response: the id of the member that answered.</summary>
    public const string MemberHeader = "Berth-Member";

    /// <summary>Response: the epoch under which it answered, a whole number.</summary>
    public const string EpochHeader = "Berth-Epoch";

    /// <summary>Request: the user at the node, where the body names none.</summary>
    public const string UserHeader = "Berth-User";

    /// <summary>Request: the host of the node, where the body names none.</summary>
    public const string HostHeader = "Berth-Host";

    /// <summary>Request: the claim key, where the body names none.</summary>
    public const string ClaimKeyHeader = "Berth-Claim-Key";

    /// <summary>The most bytes of a request's body: 16 KiB.</summary>
    public const int MaxRequestBytes = 16 * 1024;

    /// <summary>Longest user and host, in UTF-8 bytes.</summary>
    public const int MaxNameBytes = 256;

    /// <summary>Longest claim key, in characters, all of them visible ASCII.</summary>
    public const int MaxClaimKeyLength = 256;
}
