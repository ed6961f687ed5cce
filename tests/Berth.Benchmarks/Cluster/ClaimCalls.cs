using System.Net;
using Berth.Protocol;

namespace Berth.Benchmarks.Cluster;

/// <summary>Claims over the native API, a few at a time: for what is not measured by rate.</summary>
internal sealed class ClaimCalls : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(2) };

    /// <summary>Claims or renews; the member that answered, or null where it was no success.</summary>
    public async Task<string?> ClaimAsync(ClusterServer at, string pool, string node, CancellationToken stop)
    {
        try
        {
            using var answer = await _client.PutAsync(new Uri($"http://127.0.0.1:{at.Server.Port}/v2/pools/{pool}/claims/{node}"), null, stop);
            return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created ? answer.Headers.GetValues(ClaimRoutes.MemberHeader).Single() : null;
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is TaskCanceledException && !stop.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>The same, which is to succeed.</summary>
    public async Task<string> HoldAsync(ClusterServer at, string pool, string node, CancellationToken stop) =>
        await ClaimAsync(at, pool, node, stop) ?? throw new BenchException($"{at.Name} gave {node} no seat in {pool}");

    public void Dispose() => _client.Dispose();
}
