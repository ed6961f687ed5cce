using System.Collections.Concurrent;
using System.Net;
using Berth.Pools;
using Berth.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Server.Forwarding;

/// <summary>
/// The member's side of a forwarding edge: takes what came over its socket as if it had come to its own edge, from the address
/// and under the pool lock that the other edge names. Whoever may open the socket is believed.
/// </summary>
internal sealed class ForwardedClaims(Func<PoolName?, ClaimEndpoints> locked)
{
    private const int MostLocks = 64;

    private readonly ClaimEndpoints _open = locked(null);
    private readonly ConcurrentDictionary<string, ClaimEndpoints> _byLock = new(StringComparer.Ordinal);

    /// <summary>Whether a request on the socket is a forwarded one.</summary>
    public static bool IsOne(HttpContext context) =>
        context.Features.Get<IHttpRequestFeature>()!.RawTarget.StartsWith(MemberLink.Path, StringComparison.Ordinal);

    /// <summary>Answers one request, unsigned.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var target = context.Request.Headers[MemberLink.TargetHeader].ToString();
        var request = context.Features.Get<IHttpRequestFeature>()!;
        request.RawTarget = target.Length == 0 ? "/" : target;
        request.Method = context.Request.Headers[MemberLink.MethodHeader].ToString();
        var query = target.IndexOf('?', StringComparison.Ordinal);
        request.QueryString = query < 0 ? string.Empty : target[query..];
        if (IPAddress.TryParse(context.Request.Headers[MemberLink.AddressHeader].ToString(), out var address))
        {
            context.Connection.RemoteIpAddress = address;
        }

        return EndpointsFor(context.Request.Headers[MemberLink.PoolLockHeader].ToString()).HandleAsync(context);
    }

    private ClaimEndpoints EndpointsFor(string escaped)
    {
        if (escaped.Length == 0)
        {
            return _open;
        }

        if (_byLock.Count >= MostLocks)
        {
            _byLock.Clear();
        }

        return _byLock.GetOrAdd(escaped, name => locked(new PoolName(Uri.UnescapeDataString(name))));
    }
}
