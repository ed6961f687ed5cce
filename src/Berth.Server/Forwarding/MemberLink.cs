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
    /// <summary>The path on the socket to which requests are brought. What they ask stands in headers, so that nothing rewrites it.</summary>
    public const string Path = "/forwarded";

    /// <summary>The method that the node used, as it wrote it.</summary>
    public const string MethodHeader = "Berth-Forwarded-Method";

    /// <summary>The target that the node asked for, byte for byte.</summary>
    public const string TargetHeader = "Berth-Forwarded-Target";

    /// <summary>The address of the node, as the edge saw it.</summary>
    public const string AddressHeader = "Berth-Forwarded-Address";

    /// <summary>The pool that the edge is locked to, percent-encoded.</summary>
    public const string PoolLockHeader = "Berth-Forwarded-Pool-Lock";

    /// <summary>Few enough that operators and other edges find room on the socket.</summary>
    private const int MaxConnections = 32;
    private static readonly TimeSpan _connecting = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _answering = TimeSpan.FromSeconds(30);

    private static readonly Uri _target = new("http://member" + Path);

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

    /// <summary>
    /// A request for the member. It always has content, if only empty: what was sent with content is never sent a second time by
    /// the HTTP client on its own account, and nobody could tell whether the first was decided.
    /// </summary>
    public static HttpRequestMessage RequestOf(string method, string rawTarget, byte[] body)
    {
        // The answer to a HEAD has a length and no body.
        var isHead = method == "HEAD";
        var request = new HttpRequestMessage(isHead ? HttpMethod.Head : HttpMethod.Post, _target)
        {
            Content = isHead ? null : new ByteArrayContent(body),
        };
        request.Headers.TryAddWithoutValidation(MethodHeader, method);
        request.Headers.TryAddWithoutValidation(TargetHeader, rawTarget);
        return request;
    }

    public void Dispose() => _http.Dispose();
}
