using Berth.Benchmarks.Load;
using Berth.Benchmarks.Processes;

namespace Berth.Benchmarks.Edge;

/// <summary>What an answer weighs: status, header names, length of the body. Equal shapes make a fair comparison.</summary>
internal sealed record AnswerShape(int Status, string Headers, int BodyBytes)
{
    private const string Probe = "probe";

    /// <summary>Sends the requests one after the other over one connection and returns the shape and body of each answer.</summary>
    public static async Task<List<(AnswerShape Shape, byte[] Body)>> ProbeAsync(
        Server server, CancellationToken stop, params HttpMethod[] methods)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}"), Timeout = TimeSpan.FromSeconds(10) };
        var answers = new List<(AnswerShape, byte[])>();
        foreach (var method in methods)
        {
            using var request = new HttpRequestMessage(method, new Uri($"/v1/nodes/{Requests.Fingerprint(Probe, 0)}", UriKind.Relative));
            if (server.Pool is not null)
            {
                request.Headers.Add("Relay-Pool", server.Pool);
            }

            using var answer = await client.SendAsync(request, stop);
            var body = await answer.Content.ReadAsByteArrayAsync(stop);
            var names = answer.Headers.NonValidated.Select(header => header.Key)
                .Concat(answer.Content.Headers.NonValidated.Select(header => header.Key))
                .Order(StringComparer.Ordinal);
            answers.Add((new AnswerShape((int)answer.StatusCode, string.Join(' ', names), body.Length), body));
        }

        return answers;
    }

    /// <summary>The differences in words, empty when there are none.</summary>
    public static IEnumerable<string> Differences(
        Server first, Server second,
        IEnumerable<(AnswerShape Shape, byte[] Body)> ofFirst, IEnumerable<(AnswerShape Shape, byte[] Body)> ofSecond) =>
        ofFirst.Zip(ofSecond)
            .Where(pair => pair.First.Shape != pair.Second.Shape)
            .Select(pair => $"{first.Name} answers {pair.First.Shape}, {second.Name} {pair.Second.Shape}");
}
