using System.Text.Json;
using Berth.Protocol;
using Berth.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Server.Forwarding;

/// <summary>What a forwarding edge answers by itself, in the words of the API that was asked.</summary>
internal sealed class EdgeRefusals(HttpContext context, AnswerClock.Second began, EdgeStamp stamp)
{
    public AnswerClock.Second Began => began;

    /// <summary>The member did not answer.</summary>
    public Task UnansweredAsync(LinkFailure failure)
    {
        context.Response.Headers.RetryAfter = "1";
        return failure == LinkFailure.NotSent
            ? WriteAsync(ReplyResults.Unavailable, NativeProblems.Unavailable)
            : WriteAsync(ReplyResults.OutcomeUnknown, NativeProblems.OutcomeUnknown);
    }

    /// <summary>Asked too often.</summary>
    public Task TooManyAsync(int retryAfterSeconds)
    {
        context.Response.Headers.RetryAfter = retryAfterSeconds.ToString();
        return WriteAsync(ReplyResults.TooManyRequests, NativeProblems.TooManyRequests);
    }

    /// <summary>The body says that it is too large.</summary>
    public Task TooLargeAsync() => WriteAsync(ReplyResults.TooLarge, NativeProblems.TooLarge);

    private async Task WriteAsync(byte[] body, ClaimProblem problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        if (context.Features.Get<IHttpRequestFeature>()!.RawTarget.Contains("/v2/", StringComparison.Ordinal))
        {
            body = JsonSerializer.SerializeToUtf8Bytes(problem, ClaimJson.Default.ClaimProblem);
            response.Headers.ContentType = Problem.ContentType;
        }
        else
        {
            response.Headers.ContentType = "application/json";
            stamp.Put(response, began, body);
        }

        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body);
    }
}
