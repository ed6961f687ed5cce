using System.Text.Json.Serialization.Metadata;
using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>One thing that the management API does.</summary>
/// <param name="Path">The path, one of <see cref="ManagementRoutes"/>.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="About">What the API's description says of it.</param>
/// <param name="HandleAsync">Answers a request.</param>
internal sealed record ManagementRoute(string Path, string Method, RouteDescription About, Func<ManagementExchange, Task> HandleAsync);

/// <summary>
/// What one call takes and gives. The exchange holds its route to it: a parameter, body or answer that is not named here is a bug
/// that the first call shows, so that the description of the API cannot drift.
/// </summary>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="Answer">The answer; null: none, or none in JSON.</param>
/// <param name="Query">The parameters of the query.</param>
internal sealed record RouteDescription(string Summary, JsonTypeInfo? Answer, params IReadOnlyList<QueryParameter> Query)
{
    /// <summary>The body that it takes; null: none.</summary>
    public JsonTypeInfo? Body { get; init; }

    /// <summary>A content type in which it answers besides, or instead of JSON; null: none.</summary>
    public string? AlsoAs { get; init; }

    /// <summary>The codes of its problems besides those that every call has.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}

/// <summary>A parameter of a query.</summary>
/// <param name="Key">Its name.</param>
/// <param name="About">What it says, in one line.</param>
/// <param name="Required">Whether the call makes no sense without it.</param>
internal sealed record QueryParameter(string Key, string About, bool Required = false)
{
    /// <summary>The pool that it is about.</summary>
    public static readonly QueryParameter Pool = new(ManagementRoutes.PoolKey, "the pool; - is the global one", Required: true);

    /// <summary>The pool that it is about, or all.</summary>
    public static readonly QueryParameter AnyPool = new(ManagementRoutes.PoolKey, "the pool; - is the global one; left out: all pools");

    /// <summary>The license that it is about.</summary>
    public static readonly QueryParameter License = new(ManagementRoutes.IdKey, "the id of the license", Required: true);

    /// <summary>The node that it is about.</summary>
    public static readonly QueryParameter Fingerprint = new(ManagementRoutes.FingerprintKey, "the fingerprint of the node", Required: true);

    /// <summary>The member that it is about.</summary>
    public static readonly QueryParameter Member = new(ManagementRoutes.MemberKey, "the name of the member", Required: true);

    /// <summary>Where the page begins.</summary>
    public static readonly QueryParameter Next = new(ManagementRoutes.NextKey, "what the page before said; left out: the first page");

    /// <summary>How long the page is.</summary>
    public static readonly QueryParameter Limit = new(ManagementRoutes.LimitKey, "the most entries, 1 to 1000; left out: 1000");

    /// <summary>Whether it is a number.</summary>
    public bool IsNumber => Key is ManagementRoutes.LimitKey or ManagementRoutes.AfterKey or ManagementRoutes.WaitKey;
}
