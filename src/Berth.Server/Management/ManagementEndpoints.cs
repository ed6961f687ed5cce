using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Berth.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Management;

/// <summary>The management API over HTTP: which route asks what. Whatever is sent, the answer is a value or a problem.</summary>
internal sealed class ManagementEndpoints(IAdministration administration, ILogger log)
{
    private const int MaxQueryText = 1024;

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context);
        }
        catch (BadHttpRequestException error)
        {
            await WriteAsync(context, error.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? new Problem(ProblemCodes.TooLarge, 413, $"a request has at most {ManagementRoutes.MaxRequestBytes} bytes")
                : new Problem(ProblemCodes.InvalidRequest, 400, "the request is not well-formed"));
        }
        catch (JsonException error)
        {
            await WriteAsync(context, Problems.Invalid($"the body is not the JSON that this route takes (line {error.LineNumber ?? 0})"));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (Exception error)
        {
            log.ManagementFailed(context.Request.Method, context.Request.Path.Value ?? "/", error);
            if (!context.Response.HasStarted)
            {
                await WriteAsync(context, Problems.Internal());
            }
        }
    }

    private Task RouteAsync(HttpContext context) => (context.Request.Path.Value, context.Request.Method) switch
    {
        (ManagementRoutes.Server, "GET") =>
            SendAsync(context, administration.DescribeServerAsync(context.RequestAborted), ManagementJson.Default.ServerDescription),
        (ManagementRoutes.Policy, "GET") =>
            SendAsync(context, administration.ShowPolicyAsync(context.RequestAborted), ManagementJson.Default.PolicyParts),
        (ManagementRoutes.Pools, "GET") => ListPoolsAsync(context),
        (ManagementRoutes.Pool, "GET") => NamedAsync(
            context, ManagementRoutes.PoolKey, administration.FindPoolAsync, ManagementJson.Default.PoolEntry),
        (ManagementRoutes.PoolException, "PUT") => SetExceptionAsync(context),
        (ManagementRoutes.Licenses, "GET") => ListLicensesAsync(context),
        (ManagementRoutes.Licenses, "POST") => AddAsync(context),
        (ManagementRoutes.License, "GET") => NamedAsync(
            context, ManagementRoutes.IdKey, administration.FindLicenseAsync, ManagementJson.Default.LicenseEntry),
        (ManagementRoutes.License, "DELETE") => NamedAsync(
            context, ManagementRoutes.IdKey, administration.RemoveLicenseAsync, ManagementJson.Default.RemovedLicense),
        (ManagementRoutes.Server or ManagementRoutes.Policy or ManagementRoutes.Pools or ManagementRoutes.Pool or ManagementRoutes.PoolException
            or ManagementRoutes.Licenses or ManagementRoutes.License, _) =>
            WriteAsync(context, new Problem(ProblemCodes.MethodNotAllowed, 405, "this route does not take this method")),
        _ => WriteAsync(context, new Problem(ProblemCodes.NotFound, 404, "there is no such route")),
    };

    private async Task AddAsync(HttpContext context)
    {
        if (await BodyAsync(context, ManagementJson.Default.AddLicensesRequest) is { } request)
        {
            await SendAsync(context, administration.AddLicensesAsync(request, context.RequestAborted), ManagementJson.Default.AddedLicenses);
        }
    }

    private async Task SetExceptionAsync(HttpContext context)
    {
        if (await BodyAsync(context, ManagementJson.Default.PolicyParts) is { } parts)
        {
            await NamedAsync(
                context,
                ManagementRoutes.PoolKey,
                (pool, stop) => administration.SetExceptionAsync(pool, parts, stop),
                ManagementJson.Default.PoolEntry);
        }
    }

    private async Task ListPoolsAsync(HttpContext context)
    {
        if (await LimitAsync(context) is { } limit)
        {
            var asked = administration.ListPoolsAsync(Query(context, ManagementRoutes.NextKey), limit, context.RequestAborted);
            await SendAsync(context, asked, ManagementJson.Default.PoolListing);
        }
    }

    private async Task ListLicensesAsync(HttpContext context)
    {
        if (await LimitAsync(context) is { } limit)
        {
            var asked = administration.ListLicensesAsync(
                Query(context, ManagementRoutes.PoolKey), Query(context, ManagementRoutes.NextKey), limit, context.RequestAborted);
            await SendAsync(context, asked, ManagementJson.Default.LicenseListing);
        }
    }

    private static async Task<int?> LimitAsync(HttpContext context)
    {
        if (Query(context, ManagementRoutes.LimitKey) is not { } text)
        {
            return ManagementRoutes.MaxPage;
        }

        if (int.TryParse(text, out var limit) && limit is >= 1 and <= ManagementRoutes.MaxPage)
        {
            return limit;
        }

        await WriteAsync(context, Problems.Invalid($"limit must be 1 to {ManagementRoutes.MaxPage}"));
        return null;
    }

    private static async Task NamedAsync<T>(
        HttpContext context,
        string key,
        Func<string, CancellationToken, ValueTask<Answer<T>>> ask,
        JsonTypeInfo<T> type)
        where T : class
    {
        if (Query(context, key) is { Length: <= MaxQueryText } name)
        {
            await SendAsync(context, ask(name, context.RequestAborted), type);
        }
        else
        {
            await WriteAsync(context, Problems.Invalid($"the query parameter {key} is missing or too long"));
        }
    }

    private static string? Query(HttpContext context, string key) =>
        context.Request.Query.TryGetValue(key, out var values) && values.Count > 0 ? values[0] : null;

    private static async Task<T?> BodyAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        var body = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
        if (body is null)
        {
            await WriteAsync(context, Problems.Invalid("the body is empty"));
        }

        return body;
    }

    private static async Task SendAsync<T>(HttpContext context, ValueTask<Answer<T>> asked, JsonTypeInfo<T> type)
        where T : class
    {
        var answer = await asked;
        if (!answer.IsGood)
        {
            await WriteAsync(context, answer.Problem);
            return;
        }

        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.Body, answer.Value, type, context.RequestAborted);
    }

    /// <summary>Answers with a problem.</summary>
    public static async Task WriteAsync(HttpContext context, Problem problem)
    {
        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = Problem.ContentType;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        await JsonSerializer.SerializeAsync(context.Response.Body, problem, ManagementJson.Default.Problem, context.RequestAborted);
    }
}

internal static partial class ManagementEndpointsLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "management.failed: {method} {path}")]
    public static partial void ManagementFailed(this ILogger log, string method, string path, Exception error);
}
