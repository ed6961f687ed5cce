using Microsoft.AspNetCore.Http;

namespace Berth.Server.Http;

/// <summary>Answers to what is no call of the API: without clock, signature or JSON, as Relay's router gives them.</summary>
internal static class BareAnswers
{
    private static readonly byte[] PageNotFound = "404 page not found\n"u8.ToArray();

    /// <summary>404 for a path that is not there.</summary>
    public static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.Headers.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.ContentLength = PageNotFound.Length;
        return context.Request.Method == HttpMethods.Head
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(PageNotFound).AsTask();
    }

    /// <summary>405 for a method that the path does not take.</summary>
    public static Task MethodNotAllowed(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}
