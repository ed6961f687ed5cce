using System.Buffers;
using System.Text.Json;
using Berth.Pools;
using Berth.Protocol;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Http;

/// <summary>What a request to <c>/v2</c> says besides its path: who asks, and with which claim key.</summary>
internal sealed class NativeIntake(Callers callers)
{
    /// <summary>
    /// Reads body (of a PUT only) and headers; what the body names goes before what the headers name. Throws <see cref="IOException"/>
    /// or <see cref="OperationCanceledException"/> when the client has gone away.
    /// </summary>
    public async ValueTask<(NativeAsk? Ask, ClaimProblem? Problem)> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > ClaimRoutes.MaxRequestBytes)
        {
            return (null, NativeProblems.TooLarge);
        }

        var body = new ClaimRequest();
        if (context.Request.Method == HttpMethods.Put)
        {
            try
            {
                if (await ReadBodyAsync(context) is not { } bytes)
                {
                    return (null, NativeProblems.TooLarge);
                }

                body = bytes.Length == 0 ? body : JsonSerializer.Deserialize(bytes, ClaimJson.Default.ClaimRequest);
            }
            catch (JsonException broken)
            {
                return (null, NativeProblems.Malformed(broken));
            }
            catch (BadHttpRequestException broken)
            {
                return (null, NativeProblems.Malformed(broken));
            }
        }

        return body is null ? (null, NativeProblems.NoObject) : Judge(context, body);
    }

    /// <summary>Null: it is larger than it may be.</summary>
    private static async ValueTask<byte[]?> ReadBodyAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > ClaimRoutes.MaxRequestBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private (NativeAsk? Ask, ClaimProblem? Problem) Judge(HttpContext context, ClaimRequest body)
    {
        var headers = context.Request.Headers;
        var user = string.IsNullOrEmpty(body.User) ? headers[ClaimRoutes.UserHeader].ToString() : body.User;
        var host = string.IsNullOrEmpty(body.Host) ? headers[ClaimRoutes.HostHeader].ToString() : body.Host;
        if (callers.Of(context, user, host) is not { } who)
        {
            return (null, NativeProblems.Attribution);
        }

        var key = body.ClaimKey;
        if (key is null && headers.TryGetValue(ClaimRoutes.ClaimKeyHeader, out var given))
        {
            // Of two keys neither counts; an empty one is a variable that somebody forgot to set, and would protect nothing.
            key = given.Count == 1 ? given[0] ?? "" : "";
        }

        return key is null || IsClaimKey(key) ? (new NativeAsk(who, key), null) : (null, NativeProblems.ClaimKey);
    }

    /// <summary>What every client can send in a header as well.</summary>
    private static bool IsClaimKey(string key) =>
        key.Length is >= 1 and <= ClaimRoutes.MaxClaimKeyLength && !key.AsSpan().ContainsAnyExceptInRange('!', '~');
}

/// <summary>Who asks, and with which claim key.</summary>
internal sealed record NativeAsk(Who Who, string? ClaimKey);
