using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Berth.Protocol;

/// <summary>Nobody answers on a management socket or port. Nothing was asked, or it was a question without consequences.</summary>
public sealed class ManagementUnreachableException(string message, Exception inner) : Exception(message, inner);

/// <summary>Asks a running member through its management socket or its management port.</summary>
public sealed class ManagementClient : IAdministration, IDisposable
{
    private static readonly TimeSpan _connecting = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _answering = TimeSpan.FromSeconds(60);

    private readonly string _place;
    private readonly Uri? _server;
    private readonly AuthenticationHeaderValue? _token;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;

    /// <summary>A client of the member that listens on the Unix socket <paramref name="socket"/>.</summary>
    public ManagementClient(string socket, TimeProvider time)
    {
        _place = socket;
        _time = time;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectTimeout = _connecting,
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectCallback = (_, stop) => ConnectAsync(socket, stop),
        });
    }

    /// <summary>A client of the member whose management port is at <paramref name="server"/>.</summary>
    /// <param name="server"><c>http://HOST:PORT</c> or <c>https://HOST:PORT</c>; a path is not used.</param>
    /// <param name="token">What it lets in; null: nothing is shown.</param>
    /// <param name="authorities">Whose certificates are believed; null: whom the system trusts.</param>
    /// <param name="time">Measures how long an answer takes.</param>
    public ManagementClient(Uri server, string? token, X509Certificate2Collection? authorities, TimeProvider time)
    {
        _place = server.GetLeftPart(UriPartial.Authority);
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

    /// <inheritdoc/>
    public ValueTask<Answer<ServerDescription>> DescribeServerAsync(CancellationToken stop) =>
        SendAsync(Get(ManagementRoutes.Server), ManagementJson.Default.ServerDescription, stop);

    /// <inheritdoc/>
    public ValueTask<Answer<AddedLicenses>> AddLicensesAsync(AddLicensesRequest request, CancellationToken stop) =>
        SendAsync(
            With(HttpMethod.Post, Uri(ManagementRoutes.Licenses), request, ManagementJson.Default.AddLicensesRequest),
            ManagementJson.Default.AddedLicenses,
            stop);

    /// <inheritdoc/>
    public ValueTask<Answer<RemovedLicense>> RemoveLicenseAsync(string id, CancellationToken stop) =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Delete, Uri(ManagementRoutes.License, (ManagementRoutes.IdKey, id))),
            ManagementJson.Default.RemovedLicense,
            stop);

    /// <inheritdoc/>
    public ValueTask<Answer<LicenseListing>> ListLicensesAsync(string? pool, string? next, int limit, CancellationToken stop) =>
        SendAsync(
            Get(ManagementRoutes.Licenses, (ManagementRoutes.PoolKey, pool), (ManagementRoutes.NextKey, next), Limit(limit)),
            ManagementJson.Default.LicenseListing,
            stop);

    /// <inheritdoc/>
    public ValueTask<Answer<LicenseEntry>> FindLicenseAsync(string id, CancellationToken stop) =>
        SendAsync(Get(ManagementRoutes.License, (ManagementRoutes.IdKey, id)), ManagementJson.Default.LicenseEntry, stop);

    /// <inheritdoc/>
    public ValueTask<Answer<PoolListing>> ListPoolsAsync(string? next, int limit, CancellationToken stop) =>
        SendAsync(Get(ManagementRoutes.Pools, (ManagementRoutes.NextKey, next), Limit(limit)), ManagementJson.Default.PoolListing, stop);

    /// <inheritdoc/>
    public ValueTask<Answer<PoolEntry>> FindPoolAsync(string pool, CancellationToken stop) =>
        SendAsync(Get(ManagementRoutes.Pool, (ManagementRoutes.PoolKey, pool)), ManagementJson.Default.PoolEntry, stop);

    /// <inheritdoc/>
    public ValueTask<Answer<PoolEntry>> SetExceptionAsync(string pool, PolicyParts exception, CancellationToken stop) =>
        SendAsync(
            With(
                HttpMethod.Put,
                Uri(ManagementRoutes.PoolException, (ManagementRoutes.PoolKey, pool)),
                exception,
                ManagementJson.Default.PolicyParts),
            ManagementJson.Default.PoolEntry,
            stop);

    /// <inheritdoc/>
    public ValueTask<Answer<PolicyParts>> ShowPolicyAsync(CancellationToken stop) =>
        SendAsync(Get(ManagementRoutes.Policy), ManagementJson.Default.PolicyParts, stop);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask<Answer<T>> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken stop)
        where T : class
    {
        using var limit = new CancellationTokenSource(_answering, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        using (request)
        {
            request.RequestUri = _server is null ? request.RequestUri : new Uri(_server, request.RequestUri!.PathAndQuery);
            request.Headers.Authorization = _token;
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
        new($"no member answers on {_place}: {(inner.InnerException ?? inner).Message}", inner);

    private static (string Key, string? Value) Limit(int limit) => (ManagementRoutes.LimitKey, $"{limit}");

    private static HttpRequestMessage Get(string route, params ReadOnlySpan<(string Key, string? Value)> query) =>
        new(HttpMethod.Get, Uri(route, query));

    private static HttpRequestMessage With<T>(HttpMethod method, Uri uri, T body, JsonTypeInfo<T> type) =>
        new(method, uri) { Content = JsonContent.Create(body, type) };

    private static Uri Uri(string route, params ReadOnlySpan<(string Key, string? Value)> query)
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
