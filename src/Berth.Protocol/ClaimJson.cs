using System.Text.Json.Serialization;

namespace Berth.Protocol;

/// <summary>How the records of <c>/v2</c> are written. A member that is there twice is refused: whose it is would be a guess.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ClaimRequest))]
[JsonSerializable(typeof(ClaimEntry))]
[JsonSerializable(typeof(ClaimProblem))]
public sealed partial class ClaimJson : JsonSerializerContext;
