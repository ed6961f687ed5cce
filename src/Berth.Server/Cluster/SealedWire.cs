using System.Collections.Concurrent;
using System.Net;
using Berth.Runtime;

namespace Berth.Server.Cluster;

/// <summary>
/// The wire to the other members: seals each request, and believes no answer that its receiver has not sealed for it. What a member says it has not done becomes
/// <see cref="HttpRequestError.ConnectionError"/>, as if it had not been reached; what cannot be believed is any other error.
/// </summary>
internal sealed class SealedWire(Func<ClusterSecrets> secrets, TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>The most members whose clocks are remembered; beyond that they are asked again.</summary>
    private const int MaxPeers = 256;

    private readonly RunId _self = RunId.New();
    private readonly ConcurrentDictionary<string, Peer> _peers = new(StringComparer.Ordinal);
    private long _number;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        var (status, response) = await TryAsync(request, body, cancellationToken);
        if (status == HttpStatusCode.Unauthorized)
        {
            // It is the first, or was too long on its way: by now the clock to go by is known.
            response.Dispose();
            (status, response) = await TryAsync(request, body, cancellationToken);
        }

        if (status == HttpStatusCode.OK)
        {
            return response;
        }

        response.Dispose();
        throw Failure(request, status);
    }

    private static HttpRequestException Failure(HttpRequestMessage request, HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest or HttpStatusCode.ServiceUnavailable => new HttpRequestException(
            HttpRequestError.ConnectionError, $"{request.RequestUri!.Authority} has not done it: status {(int)status}"),
        _ => new HttpRequestException(HttpRequestError.InvalidResponse, $"{request.RequestUri!.Authority} answered with status {(int)status}"),
    };

    /// <summary>Sends it once. Whatever comes back is sealed.</summary>
    private async Task<(HttpStatusCode Status, HttpResponseMessage Response)> TryAsync(
        HttpRequestMessage request, byte[] body, CancellationToken cancel)
    {
        var authority = request.RequestUri!.Authority;
        var peer = _peers.GetValueOrDefault(authority);
        var seal = secrets().First.Seal;
        var sealing = new RequestSeal(
            peer?.Run ?? default, peer?.NowMs(time) ?? 0, _self, Interlocked.Increment(ref _number), body.Length);
        request.Headers.Remove(HopSeal.Header);
        request.Headers.TryAddWithoutValidation(HopSeal.Header, seal.SealRequest(sealing, body));
        var response = await base.SendAsync(request, cancel);
        try
        {
            var header = response.Headers.TryGetValues(HopSeal.Header, out var values) ? values.First() : null;
            var answer = await ReadAsync(response, cancel);
            if (seal.OpenAnswer(sealing, header, (int)response.StatusCode, answer) is not { } opened)
            {
                throw new HttpRequestException(
                    HttpRequestError.InvalidResponse,
                    $"{authority} answered with status {(int)response.StatusCode} and without the seal of a member of this cluster");
            }

            Remember(authority, new Peer(opened.Run, opened.NowMs, time.GetTimestamp()));
            response.Content = new ByteArrayContent(answer);
            return (response.StatusCode, response);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        using var content = response.Content;
        await content.LoadIntoBufferAsync(ClusterMember.MaxHopAnswerBytes, cancel);
        return await content.ReadAsByteArrayAsync(cancel);
    }

    private void Remember(string authority, Peer peer)
    {
        if (_peers.Count >= MaxPeers)
        {
            _peers.Clear();
        }

        _peers[authority] = peer;
    }

    /// <summary>What the clock of a member's run showed, and when that was heard.</summary>
    private sealed record Peer(RunId Run, long ShownMs, long HeardAt)
    {
        public long NowMs(TimeProvider time) => ShownMs + (long)time.GetElapsedTime(HeardAt, time.GetTimestamp()).TotalMilliseconds;
    }
}
