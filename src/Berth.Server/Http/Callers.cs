using System.Collections.Concurrent;
using System.Net;
using Berth.Pools;
using Berth.Protocol;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Http;

/// <summary>Who sent a request: its address and, if it says so, its user and host.</summary>
internal sealed class Callers(bool audit)
{
    private const int MaxNameBytes = 256;
    private const int MaxKept = 4096;

    private readonly ConcurrentDictionary<IPAddress, Who> _byAddress = new();

    /// <summary>Null: a header that names user or host is not 1 to 256 bytes of text.</summary>
    public Who? Of(HttpContext context)
    {
        var headers = context.Request.Headers;
        return Of(context, headers[ClaimRoutes.UserHeader].ToString(), headers[ClaimRoutes.HostHeader].ToString());
    }

    /// <summary>The same for user and host as they were found; empty: none.</summary>
    public Who? Of(HttpContext context, string user, string host)
    {
        if (user.Length == 0 && host.Length == 0)
        {
            return At(context.Connection.RemoteIpAddress);
        }

        if (!MayBeName(user) || !MayBeName(host))
        {
            return null;
        }

        var nameless = At(context.Connection.RemoteIpAddress);
        return nameless with { User = user.Length == 0 ? null : user, Host = host.Length == 0 ? null : host };
    }

    private static bool MayBeName(string name) =>
        name.Length <= MaxNameBytes && System.Text.Encoding.UTF8.GetByteCount(name) <= MaxNameBytes && !name.Any(char.IsControl);

    private Who At(IPAddress? address)
    {
        if (!audit || address is null)
        {
            return Who.Nobody;
        }

        if (_byAddress.TryGetValue(address, out var who))
        {
            return who;
        }

        who = new Who("node", (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString(), null, null);
        if (_byAddress.Count >= MaxKept)
        {
            _byAddress.Clear();
        }

        _byAddress[address] = who;
        return who;
    }
}
