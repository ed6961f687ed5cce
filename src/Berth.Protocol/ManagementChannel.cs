using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Berth.Protocol;

/// <summary>Nobody answers on a management socket or port. Nothing was asked, or it was a question without consequences.</summary>
public sealed class ManagementUnreachableException(string message, Exception inner) : Exception(message, inner);

/// <summary>The way to a running member: one request, one answer.</summary>
internal sealed class ManagementChannel : IDisposable
{
    private static readonly TimeSpan _connecting = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _answering = TimeSpan.FromSeconds(60);

    private readonly Uri? _server;
    private readonly AuthenticationHeaderValue? _token;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;

    public ManagementChannel(string socket, TimeProvider time)
    {
        Place = socket;
        _time = time;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectTimeout = _connecting,
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectCallback = (_, stop) => UnixSocketStream.ConnectAsync(socket, stop),
        });
    }

    public ManagementChannel(Uri server, string? token, X509Certificate2Collection? authorities, TimeProvider time)
    {
        Place = server.GetLeftPart(UriPartial.Authority);
        _server = server;
        _token = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        _time = time;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectTimeout = _connecting,
            UseProxy = false,
            AllowAutoRedirect = false,
            SslOptions = ServerTrust.Options(authorities),
        });
    }

    /// <summary>The socket's file, or the address of the port.</summary>
    public string Place { get; }

    public void Dispose() => _http.Dispose();

    /// <summary>Asks, and reads the answer. Fails as <see cref="IAdministration"/> says.</summary>
    public async ValueTask<Answer<T>> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken stop)
        where T : class
    {
        using var limit = new CancellationTokenSource(_answering, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        using (request)
        {
            Address(request);
            try
            {
                using var response = await _http.SendAsync(request, either.Token);
                return await ReadAsync(response, type, either.Token);
            }
            catch (HttpRequestException error) when (request.Method == HttpMethod.Get || IsUnsent(error))
            {
                throw Unreachable(error);
            }
            catch (OperationCanceledException error) when (!stop.IsCancellationRequested && request.Method == HttpMethod.Get)
            {
                throw Unreachable(error);
            }
            catch (Exception error) when (error is HttpRequestException or IOException or JsonException
                || (error is OperationCanceledException && !stop.IsCancellationRequested))
            {
                return new Problem(
                    ProblemCodes.OutcomeUnknown,
                    503,
                    "the member stopped answering: what was asked may have been done; look before asking again");
            }
        }
    }

    /// <summary>
    /// Asks, and copies an answer of any length. A pause of a minute ends it. Throws <see cref="ManagementUnreachableException"/> when the
    /// answer did not come to its end.
    /// </summary>
    public async ValueTask<(Problem? Problem, long Bytes)> CopyAsync(HttpRequestMessage request, Stream target, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(_answering, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        using (request)
        {
            var bytes = 0L;
            Address(request);
            try
            {
                using var response = await _http.SendAsync(request, either.Token);
                if (!response.IsSuccessStatusCode)
                {
                    return ((await ReadAsync(response, ManagementJson.Default.Problem, either.Token)).Problem, 0);
                }

                await using var body = await response.Content.ReadAsStreamAsync(either.Token);
                var buffer = new byte[1 << 16];
                for (var read = 1; read > 0;)
                {
                    limit.CancelAfter(_answering);
                    read = await body.ReadAsync(buffer, either.Token);
                    await target.WriteAsync(buffer.AsMemory(0, read), stop);
                    bytes += read;
                }

                return (null, bytes);
            }
            catch (Exception error) when (error is HttpRequestException or HttpIOException
                || (error is OperationCanceledException && !stop.IsCancellationRequested))
            {
                throw bytes == 0
                    ? Unreachable(error)
                    : new ManagementUnreachableException("the member stopped before the export was finished: its log says why", error);
            }
        }
    }

    /// <summary>To which member, and what lets us in.</summary>
    private void Address(HttpRequestMessage request)
    {
        request.RequestUri = _server is null ? request.RequestUri : new Uri(_server, request.RequestUri!.PathAndQuery);
        request.Headers.Authorization = _token;
    }

    private static async ValueTask<Answer<T>> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken stop)
        where T : class
    {
        if (response.IsSuccessStatusCode)
        {
            return await response.Content.ReadFromJsonAsync(type, stop) is { } value
                ? value
                : throw new JsonException("The member's answer is empty.");
        }

        return string.Equals(response.Content.Headers.ContentType?.MediaType, Problem.ContentType, StringComparison.Ordinal)
            && await response.Content.ReadFromJsonAsync(ManagementJson.Default.Problem, stop) is { } problem
            ? problem
            : new Problem(ProblemCodes.Internal, (int)response.StatusCode, $"the member answered with status {(int)response.StatusCode}");
    }

    /// <summary>The connection was never made, so nothing can have happened.</summary>
    private static bool IsUnsent(HttpRequestException error) =>
        error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError;

    private ManagementUnreachableException Unreachable(Exception inner) =>
        new($"no member answers on {Place}: {(inner.InnerException ?? inner).Message}", inner);

    /// <summary>The length of a page as a part of a query.</summary>
    public static (string Key, string? Value) Limit(int limit) => (ManagementRoutes.LimitKey, $"{limit}");

    /// <summary>A question.</summary>
    public static HttpRequestMessage Get(string route, params ReadOnlySpan<(string Key, string? Value)> query) =>
        new(HttpMethod.Get, Uri(route, query));

    /// <summary>A request with a JSON body.</summary>
    public static HttpRequestMessage With<T>(HttpMethod method, Uri uri, T body, JsonTypeInfo<T> type) =>
        new(method, uri) { Content = JsonContent.Create(body, type) };

    /// <summary>A route with those parts of its query that have a value.</summary>
    public static Uri Uri(string route, params ReadOnlySpan<(string Key, string? Value)> query)
    {
        var text = "http://berth" + route;
        var mark = '?';
        foreach (var (key, value) in query)
        {
            if (value is not null)
            {
                text += $"{mark}{key}={System.Uri.EscapeDataString(value)}";
                mark = '&';
            }
        }

        return new Uri(text);
    }
}
