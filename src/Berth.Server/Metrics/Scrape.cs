using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Metrics;

/// <summary>Answers one scrape, on whichever listener.</summary>
internal static class Scrape
{
    private const int UsualBytes = 64 * 1024;

    /// <summary>The text; to HEAD without it. Where too many ask at once, 429.</summary>
    public static async Task HandleAsync(HttpContext context, MemberMetrics metrics)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            response.ContentType = MetricsText.ContentType;
            return;
        }

        // Written aside: a failure midway is an error, and not half of a text.
        var text = new ArrayBufferWriter<byte>(UsualBytes);
        if (await metrics.TryWriteAsync(text, context.RequestAborted))
        {
            response.ContentType = MetricsText.ContentType;
            response.ContentLength = text.WrittenCount;
            await response.Body.WriteAsync(text.WrittenMemory, context.RequestAborted);
            return;
        }

        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = "1";
        response.ContentType = "text/plain; charset=utf-8";
        await response.WriteAsync($"{MemberMetrics.MostAtOnce} scrapes are under way: ask again\n", context.RequestAborted);
    }
}
