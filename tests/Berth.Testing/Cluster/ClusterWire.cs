namespace Berth.Testing.Cluster;

/// <summary>
/// One member's way to the others, without sockets: what it posts is handled by the member with that address. A member that does not run
/// refuses connections; one that is cut off is silent.
/// </summary>
public sealed class ClusterWire(Func<string, ClusterNode?> find, FakeClock clock) : HttpMessageHandler
{
    private int _losing;

    /// <summary>What this member sends arrives nowhere, and nothing of the others reaches it.</summary>
    public bool IsCut { get; set; }

    /// <summary>Requests that were sent, to whomever.</summary>
    public int Sent { get; private set; }

    /// <summary>Told of each request before it is sent; what it throws is what comes of it.</summary>
    public Action<HttpRequestMessage>? OnSend { get; set; }

    /// <summary>What comes back in place of an answer, and nothing arrives; null: the answer.</summary>
    public Func<HttpResponseMessage>? Instead { get; set; }

    /// <summary>The next request is handled, and its answer never comes.</summary>
    public void LoseAnswer() => _losing++;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Sent++;
        OnSend?.Invoke(request);
        if (Instead is { } instead)
        {
            return instead();
        }

        var node = find(request.RequestUri!.Authority);
        if (node is not { IsRunning: true })
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "connection refused");
        }

        if (IsCut || node.Wire.IsCut)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
        }

        var losing = _losing > 0;
        _losing -= losing ? 1 : 0;
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        var handling = node.Member.HandleHopAsync(body, losing ? CancellationToken.None : cancellationToken).AsTask();
        var answer = await handling.WaitAsync(cancellationToken);
        if (losing)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
        }

        return new HttpResponseMessage { Content = new ReadOnlyMemoryContent(answer) };
    }
}
