using System.Collections.Concurrent;
using System.Net;
using Berth.Pools;
using Berth.Protocol;
using Berth.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Management;

/// <summary>
/// Stands before the management API on TCP: finds out who asks and whether the role reaches. With tokens, nothing is answered
/// without one. Without tokens, whoever is on this machine may look, and nobody may do anything.
/// </summary>
internal sealed class ManagementGuard(
    Administration administration, ManagementPortOptions options, WatchedFiles<TokenTable>? tokens, TimeProvider time, ILogger log)
{
    private const string Bearer = "Bearer ";
    private const string HowToGetOne =
        "make a token with 'berth token new', put its line into the file of --tokens-file, and send it as 'Authorization: Bearer TOKEN'";

    /// <summary>Wrong tokens from one address: what is more goes unlogged. A right one is always let in, as nobody can guess 256 bits.</summary>
    private static readonly RateLimit _wrongTokens = new(10, TimeSpan.FromMinutes(1));

    /// <summary>Callers whose API is kept ready, at the most.</summary>
    private const int MostCallers = 256;

    private readonly BucketTable _failures = new(_wrongTokens, time);
    private readonly RepeatedRequests _repeats = new(time);
    private readonly ConcurrentDictionary<Who, ManagementEndpoints> _endpoints = new();

    public async Task HandleAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        try
        {
            if (Refuses(context, out var who) is { } problem)
            {
                await new ManagementExchange(context, about: null).RefuseAsync(problem);
                return;
            }

            await EndpointsFor(options.Audit ? who : Who.Nobody).HandleAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    private ManagementEndpoints EndpointsFor(Who who)
    {
        if (_endpoints.Count >= MostCallers)
        {
            _endpoints.Clear();
        }

        return _endpoints.GetOrAdd(who, caller => new ManagementEndpoints(administration.As(caller), _repeats, log));
    }

    private Problem? Refuses(HttpContext context, out Who who)
    {
        var address = AddressOf(context);
        var needed = ManagementRights.Needed(context.Request.Method, context.Request.Path.Value);
        who = new Who(ManagementRole.Viewer.Text(), address, null, null);
        if (tokens is null)
        {
            return !IsOwnName(context.Request.Host)
                ? new Problem(ProblemCodes.Forbidden, 403, "without tokens the member is asked by its IP address or as localhost only")
                : needed == ManagementRole.Viewer ? null
                : Unauthorized(context, "this needs a token: " + HowToGetOne + "; on the member's machine, the management socket needs none");
        }

        if (TokenOf(context) is not { } token)
        {
            return Unauthorized(context, "a token is missing: " + HowToGetOne);
        }

        if (tokens.Current.Find(token) is not { } bearer)
        {
            return Wrong(context, address);
        }

        who = new Who(bearer.Role.Text(), address, bearer.Name, null);
        if (bearer.Role.Includes(needed))
        {
            return null;
        }

        log.Forbidden(bearer.Name, address, bearer.Role.Text(), needed.Text());
        return new Problem(ProblemCodes.Forbidden, 403, $"this needs the role {needed.Text()}; the token {bearer.Name} has the role {bearer.Role.Text()}");
    }

    private Problem Wrong(HttpContext context, string? address)
    {
        if (_failures.Take(AddressKey.Of(context.Connection.RemoteIpAddress)) is { } wait)
        {
            context.Response.Headers.RetryAfter = wait.ToString();
            return new Problem(ProblemCodes.TooManyRequests, 429, $"too many wrong tokens came from this address: wait {wait} s");
        }

        log.Unauthorized(address);
        return Unauthorized(context, "nobody has this token: " + HowToGetOne);
    }

    private static Problem Unauthorized(HttpContext context, string detail)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"berth\"";
        return new Problem(ProblemCodes.Unauthorized, 401, detail);
    }

    private static string? TokenOf(HttpContext context) =>
        context.Request.Headers.Authorization is [{ } text] && text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? text[Bearer.Length..].Trim()
            : null;

    /// <summary>
    /// A page in a browser on this machine can have its own name point here and then read what it likes: but it cannot choose what
    /// the browser says it is asking for.
    /// </summary>
    private bool IsOwnName(HostString host) =>
        IPAddress.TryParse(host.Host.Trim('[', ']'), out _)
        || string.Equals(host.Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (options.HostName is { } name && string.Equals(host.Host, name, StringComparison.OrdinalIgnoreCase));

    private static string? AddressOf(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null;
}

internal static partial class ManagementGuardLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "management.unauthorized: a wrong token came from {address}")]
    public static partial void Unauthorized(this ILogger log, string? address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "management.forbidden: {name} at {address} has the role {role} and asked for what needs {needed}")]
    public static partial void Forbidden(this ILogger log, string name, string? address, string role, string needed);
}
