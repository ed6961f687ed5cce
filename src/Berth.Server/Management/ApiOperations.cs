using System.Text.Json.Serialization.Metadata;
using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>One call of the API as its description has it, whichever listener answers it.</summary>
/// <param name="Path">The path; parameters in braces.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Body">The body that it takes; null: none.</param>
/// <param name="Answers">Its answers other than problems.</param>
/// <param name="Problems">The codes of its problems.</param>
internal sealed record ApiOperation(
    string Path,
    string Method,
    string Summary,
    IReadOnlyList<ApiParameter> Parameters,
    JsonTypeInfo? Body,
    IReadOnlyList<ApiAnswer> Answers,
    IReadOnlyList<string> Problems)
{
    /// <summary>Whether the body must be there.</summary>
    public bool BodyRequired { get; init; } = true;
}

/// <summary>A parameter of a call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place"><c>query</c>, <c>path</c> or <c>header</c>.</param>
/// <param name="About">What it says.</param>
/// <param name="Required">Whether it must be there.</param>
/// <param name="Type">Its JSON type.</param>
internal sealed record ApiParameter(string Name, string Place, string About, bool Required, string Type = "string");

/// <summary>An answer of a call.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="About">When it is given.</param>
/// <param name="Body">What it holds in JSON; null: nothing.</param>
/// <param name="AlsoAs">Another content type in which it is given; null: none.</param>
/// <param name="Type">The content type of the body.</param>
internal sealed record ApiAnswer(int Status, string About, JsonTypeInfo? Body, string? AlsoAs = null, string Type = "application/json");

/// <summary>Every call that the description of the API names.</summary>
internal static class ApiOperations
{
    private static readonly string[] _always =
    [
        ProblemCodes.InvalidRequest, ProblemCodes.MethodNotAllowed, ProblemCodes.Internal, ProblemCodes.Unavailable,
    ];

    private static readonly string[] _changing =
    [
        ProblemCodes.IdempotencyKeyBusy, ProblemCodes.TooLarge, ProblemCodes.IdempotencyKeyReused, ProblemCodes.NotWritten,
        ProblemCodes.OutcomeUnknown,
    ];

    private static readonly ApiParameter _idempotencyKey = new(
        RepeatedRequests.Header, "header", "a text of the caller's choice; the same request with the same key gets the first answer again, for 24 hours", Required: false);

    /// <summary>The calls in the order of the document.</summary>
    public static IReadOnlyList<ApiOperation> All => [.. ManagementEndpoints.Descriptions.Select(Of), .. NativeOperations.All];

    private static ApiOperation Of(ManagementRoute route)
    {
        var about = route.About;
        var changes = route.Method != "GET";
        var parameters = about.Query.Select(parameter =>
            new ApiParameter(parameter.Key, "query", parameter.About, parameter.Required, parameter.IsNumber ? "integer" : "string"));
        return new ApiOperation(
            route.Path,
            route.Method,
            about.Summary,
            changes ? [.. parameters, _idempotencyKey] : [.. parameters],
            about.Body,
            [new ApiAnswer(200, "Done", about.Answer, about.AlsoAs)],
            [.. about.Problems.Concat(_always).Concat(changes ? _changing : [])]);
    }
}
