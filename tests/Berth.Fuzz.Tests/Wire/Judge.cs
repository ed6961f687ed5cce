using System.Text;
using System.Text.Json;

namespace Berth.Fuzz.Tests.Wire;

/// <summary>Says what is wrong with answers.</summary>
internal static class Judge
{
    private static readonly string[] _unavailable = ["{\"error\":\"service unavailable\"}\n", "{\"error\":\"outcome unknown\"}\n"];

    /// <summary>Null: nothing.</summary>
    public static string? Flaw(Shot shot, IReadOnlyList<Answer> answers)
    {
        // One more to the request that ends the connection, and one to what fills it up.
        if (answers.Count < shot.Least || answers.Count > shot.Requests + 2)
        {
            return $"{answers.Count} answers came to {shot.Requests} requests, at least {shot.Least} were due";
        }

        return answers.Select(answer => Flaw(shot.Expected, answer)).FirstOrDefault(flaw => flaw is not null);
    }

    /// <summary>Null: nothing.</summary>
    public static string? Flaw(Expected expected, Answer answer)
    {
        if (answer.Status == 503)
        {
            return !int.TryParse(answer["Retry-After"], out _) ? "a 503 does not say when to try again"
                : expected.Problems ? NoJson(answer)
                : _unavailable.Contains(answer.Body) ? null : $"a 503 says '{answer.Body}'";
        }

        return !expected.Statuses.Contains(answer.Status) ? $"status {answer.Status} came, not one of {string.Join(", ", expected.Statuses)}"
            : expected.Json && answer.Body.Length > 0 ? NoJson(answer)
            : null;
    }

    private static string? NoJson(Answer answer)
    {
        try
        {
            using var json = JsonDocument.Parse(Encoding.Latin1.GetBytes(answer.Body));
            return null;
        }
        catch (JsonException error)
        {
            return $"the body of a {answer.Status} is no JSON: {error.Message}: '{answer.Body}'";
        }
    }
}
