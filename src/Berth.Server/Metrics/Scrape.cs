using Microsoft.AspNetCore.Http;

namespace Berth.Server.Metrics;

/// <summary>Answers one scrape, on whichever listener.</summary>
internal static class Scrape
{
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

        // What is not flushed is not sent: a failure midway is still an error, and not half of a text.
        response.ContentType = MetricsText.ContentType;
        if (await metrics.TryWriteAsync(response.BodyWriter, context.RequestAborted))
        {
            await response.BodyWriter.FlushAsync(context.RequestAborted);
            return;
        }

        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = "1";
        response.ContentType = "text/plain; charset=utf-8";
        await response.WriteAsync($"{MemberMetrics.MostAtOnce} scrapes are under way: ask again\n", context.RequestAborted);
    }
}
