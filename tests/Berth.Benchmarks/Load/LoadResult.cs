using System.Text.Json;
using System.Text.Json.Serialization;

namespace Berth.Benchmarks.Load;

/// <summary>What one run of the claim generator saw between the end of its warm-up and the end of its time.</summary>
internal sealed record LoadResult(
    double AnswersPerSecond,
    long Answers,
    double PutP50Ms,
    double PutP99Ms,
    double PutMaxMs,
    SortedDictionary<string, long> Statuses,
    long Errors,
    string? FirstError,
    double GeneratorCpuMicrosPerAnswer);

/// <summary>What one storm saw. <see cref="Other"/> counts other statuses and connections that broke or got no answer in time.</summary>
internal sealed record StormResult(double Ms, int Created, int Gone, int ServerErrors, int Other, string? FirstError);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LoadResult))]
[JsonSerializable(typeof(StormResult))]
internal sealed partial class ResultJson : JsonSerializerContext;
