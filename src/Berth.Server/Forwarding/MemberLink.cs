using System.Text;
using Berth.Protocol;

namespace Berth.Server.Forwarding;

/// <summary>How a request to the member ended without an answer.</summary>
internal enum LinkFailure
{
    /// <summary>It was never sent: certainly nothing happened.</summary>
    NotSent,

    /// <summary>It was sent, and nobody knows what became of it.</summary>
    Unanswered,
}

/// <summary>A request to the member had no answer.</summary>
internal sealed class LinkException(LinkFailure failure, Exception inner) : Exception(inner.Message, inner)
{
    public LinkFailure Failure { get; } = failure;
}

/// <summary>
/// Carries claims to the member that serves the database, over its management socket. A request whose caller goes away is
/// given up, and its connection with it, so that the member need not decide it.
/// </summary>
internal sealed class MemberLink : IDisposable
{
    /// <summary>The path on the socket under which claims are taken.</summary>
    public const string Prefix = "/forwarded";

    /// <summary>The address of the node, as the edge saw it.</summary>
    public const string AddressHeader = "Berth-Forwarded-Address";

    /// <summary>The pool that the edge is locked to, percent-encoded.</summary>
    public const string PoolLockHeader = "Berth-Forwarded-Pool-Lock";

    /// <summary>Few enough that operators and other edges find room on the socket.</summary>
    private const int MaxConnections = 32;
    private static readonly TimeSpan _connecting = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _answering = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;

    /// <summary>A link to whoever listens on <paramref name="socket"/>, which is asked for with each connection: a member that starts again may have moved.</summary>
    public MemberLink(Func<string> socket, TimeProvider time)
    {
        _time = time;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectTimeout = _connecting,
            MaxConnectionsPerServer = MaxConnections,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            ResponseHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            ConnectCallback = (_, stop) => UnixSocketStream.ConnectAsync(socket(), stop),
        });
    }

    /// <summary>Sends a request with its target as it stands. Fails with <see cref="LinkException"/>, or when <paramref name="gone"/> is cancelled.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken gone)
    {
        using var limit = new CancellationTokenSource(_answering, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, gone);
        try
        {
            return await _http.SendAsync(request, either.Token);
        }
        catch (HttpRequestException error)
        {
            throw new LinkException(
                error.HttpRequestError is HttpRequestError.ConnectionError ? LinkFailure.NotSent : LinkFailure.Unanswered, error);
        }
        catch (OperationCanceledException error) when (!gone.IsCancellationRequested)
        {
            throw new LinkException(LinkFailure.Unanswered, error);
        }
    }

    /// <summary>The target on the socket, kept byte for byte: a decoded path would lose differences between nodes.</summary>
    public static Uri Target(string rawTarget) =>
        new("http://member" + Prefix + rawTarget, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    public void Dispose() => _http.Dispose();
}
