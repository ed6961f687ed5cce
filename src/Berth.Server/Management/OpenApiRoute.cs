using System.Security.Cryptography;
using System.Text.Json;
using Berth.Protocol;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Management;

/// <summary>Gives the description of the API: made once, and again only to whoever does not have it.</summary>
internal static class OpenApiRoute
{
    private static readonly Lazy<(byte[] Bytes, string Tag)> _document = new(Make);

    public static readonly ManagementRoute Definition = new(
        ManagementRoutes.OpenApi,
        "GET",
        new RouteDescription("This description, as OpenAPI 3.1", Answer: null) { AlsoAs = "application/json" },
        exchange => HandleAsync(exchange.Context));

    /// <summary>Answers with the document, or with 304 where the caller has it. Also for other listeners than the management's.</summary>
    public static async Task HandleAsync(HttpContext context)
    {
        var (bytes, tag) = _document.Value;
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "no-cache";
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(tag, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static (byte[] Bytes, string Tag) Make()
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(OpenApiDocument.Of(ApiOperations.All), OpenApiJson.Readable.JsonNode);
        return (bytes, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"");
    }
}
