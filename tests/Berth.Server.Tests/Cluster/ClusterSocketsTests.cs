using System.Net;
using System.Net.Sockets;
using Berth.Server.Cluster;

namespace Berth.Server.Tests.Cluster;

/// <summary>How requests fail on real sockets: only what certainly was not done may look as if it had not been sent.</summary>
public sealed class ClusterSocketsTests : IDisposable
{
    private readonly HttpMessageInvoker _wire = new(ClusterSockets.Build(null, TimeProvider.System));

    public void Dispose() => _wire.Dispose();

    [Fact]
    public async Task A_refused_connection_was_not_sent()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        (await ErrorAsync($"127.0.0.1:{port}")).ShouldBe(HttpRequestError.ConnectionError);
    }

    [Fact]
    public async Task A_name_that_nobody_has_was_not_sent() =>
        (await ErrorAsync("nobody.invalid:6350")).ShouldBeOneOf(HttpRequestError.NameResolutionError, HttpRequestError.ConnectionError);

    /// <summary>A backlog that is full leaves connections without an answer.</summary>
    [Fact]
    public async Task A_connection_that_nobody_answers_was_not_sent()
    {
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var port = ((IPEndPoint)full.LocalEndPoint!).Port;
        var waiting = Enumerable.Range(0, 4).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        var connecting = waiting.Select(socket => socket.ConnectAsync(IPAddress.Loopback, port)).ToList();
        (await ErrorAsync($"127.0.0.1:{port}")).ShouldBe(HttpRequestError.ConnectionError);
        waiting.ForEach(socket => socket.Dispose());
        await Task.WhenAll(connecting.Select(one => Task.WhenAny(one)));
    }

    [Fact]
    public async Task A_connection_that_ends_after_the_request_may_have_brought_it()
    {
        await using var peer = new RawPeer((stream, _) =>
        {
            stream.Socket.LingerState = new LingerOption(true, 0);
            stream.Socket.Dispose();
            return Task.CompletedTask;
        });
        (await ErrorAsync($"127.0.0.1:{peer.Port}")).ShouldNotBeOneOf(_notSent);
        peer.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task A_peer_that_falls_silent_may_have_done_it_and_is_noticed_within_seconds()
    {
        var began = TimeProvider.System.GetTimestamp();
        await using var peer = new RawPeer((_, _) => Task.CompletedTask);
        (await ErrorAsync($"127.0.0.1:{peer.Port}")).ShouldNotBeOneOf(_notSent);
        peer.Requests.ShouldBe(1);
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(6));
    }

    /// <summary>GOAWAY names the last request that was taken. One behind it is sent again on another connection, and there is none.</summary>
    [Fact]
    public async Task A_request_that_was_sent_away_untaken_was_not_done()
    {
        await using var peer = new RawPeer(async (stream, self) =>
        {
            self.StopListening();
            await stream.WriteAsync(GoAway(lastTaken: 0));
        });
        (await ErrorAsync($"127.0.0.1:{peer.Port}")).ShouldBe(HttpRequestError.ConnectionError);
        peer.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task A_request_that_was_taken_before_the_peer_went_away_may_have_been_done()
    {
        await using var peer = new RawPeer(async (stream, self) =>
        {
            self.StopListening();
            await stream.WriteAsync(GoAway(lastTaken: 1));
            stream.Socket.Dispose();
        });
        (await ErrorAsync($"127.0.0.1:{peer.Port}")).ShouldNotBeOneOf(_notSent);
        peer.Requests.ShouldBe(1);
    }

    private static readonly HttpRequestError[] _notSent =
        [HttpRequestError.ConnectionError, HttpRequestError.NameResolutionError, HttpRequestError.SecureConnectionError];

    private static byte[] GoAway(byte lastTaken) => [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, lastTaken, 0, 0, 0, 0];

    private async Task<HttpRequestError> ErrorAsync(string authority)
    {
        var failure = await Should.ThrowAsync<HttpRequestException>(
            () => PortRig.PostAsync(_wire, $"http://{authority}/cluster/hop", new ByteArrayContent([1])));
        return failure.HttpRequestError;
    }
}
