using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Berth.Protocol;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Management;

/// <summary>One request to the management API and its answer: reads what a route takes, writes a value or a problem.</summary>
/// <param name="context">The request and the response.</param>
/// <param name="about">What the route may read and write; null: there is no such route.</param>
internal sealed class ManagementExchange(HttpContext context, RouteDescription? about)
{
    private const int MaxQueryText = 1024;

    /// <summary>Ends when nobody waits for the answer any more.</summary>
    public CancellationToken Stop => context.RequestAborted;

    /// <summary>The request and the response themselves, for what is no JSON value.</summary>
    public HttpContext Context => context;

    /// <summary>A part of the query, or null.</summary>
    public string? Query(string key) =>
        about?.Query.Any(parameter => parameter.Key == key) != true ? throw Undescribed($"the query parameter {key}")
        : context.Request.Query.TryGetValue(key, out var values) && values.Count > 0 ? values[0]
        : null;

    /// <summary>The length of a page. Null: it made no sense, and that was said.</summary>
    public async Task<int?> LimitAsync()
    {
        if (Query(ManagementRoutes.LimitKey) is not { } text)
        {
            return ManagementRoutes.MaxPage;
        }

        if (int.TryParse(text, out var limit) && limit is >= 1 and <= ManagementRoutes.MaxPage)
        {
            return limit;
        }

        await RefuseAsync(Problems.Invalid($"limit must be 1 to {ManagementRoutes.MaxPage}"));
        return null;
    }

    /// <summary>A part of the query that is needed. Null: it is missing or too long, and that was said.</summary>
    public async Task<string?> NameAsync(string key)
    {
        if (Query(key) is { Length: <= MaxQueryText } name)
        {
            return name;
        }

        await RefuseAsync(Problems.Invalid($"the query parameter {key} is missing or too long"));
        return null;
    }

    /// <summary>The body. Null: it is empty, and that was said. Throws <see cref="JsonException"/> when it is something else.</summary>
    public async Task<T?> BodyAsync<T>(JsonTypeInfo<T> type)
        where T : class
    {
        Check(about?.Body, type);
        var body = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
        if (body is null)
        {
            await RefuseAsync(Problems.Invalid("the body is empty"));
        }

        return body;
    }

    /// <summary>Answers with what was asked for, or why not.</summary>
    public async Task SendAsync<T>(ValueTask<Answer<T>> asked, JsonTypeInfo<T> type)
        where T : class
    {
        Check(about?.Answer, type);
        var answer = await asked;
        if (!answer.IsGood)
        {
            await RefuseAsync(answer.Problem);
            return;
        }

        await WriteAsync("application/json", answer.Value, type);
    }

    /// <summary>Asks about the one thing that the query names.</summary>
    public async Task SendNamedAsync<T>(string key, Func<string, CancellationToken, ValueTask<Answer<T>>> ask, JsonTypeInfo<T> type)
        where T : class
    {
        if (await NameAsync(key) is { } name)
        {
            await SendAsync(ask(name, Stop), type);
        }
    }

    /// <summary>Answers with a problem.</summary>
    public async Task RefuseAsync(Problem problem)
    {
        context.Response.StatusCode = problem.Status;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        await WriteAsync(Problem.ContentType, problem, ManagementJson.Default.Problem);
    }

    /// <summary>Says how long it is: without that, a caller of HTTP/1.0 could not tell the end from a connection that broke.</summary>
    private async Task WriteAsync<T>(string contentType, T value, JsonTypeInfo<T> type)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static void Check(JsonTypeInfo? described, JsonTypeInfo used)
    {
        if (described != used)
        {
            throw Undescribed(used.Type.Name);
        }
    }

    private static UnreachableException Undescribed(string what) => new($"The route's description does not name {what}.");
}
