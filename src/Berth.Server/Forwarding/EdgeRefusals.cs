using System.Text.Json;
using Berth.Protocol;
using Berth.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Forwarding;

/// <summary>What a forwarding edge answers by itself, in the words of the API that was asked.</summary>
internal sealed class EdgeRefusals(HttpContext context, bool isNative, AnswerClock.Second began, EdgeStamp stamp)
{
    /// <summary>The request is one of <c>/v2</c>.</summary>
    public bool IsNative => isNative;

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

    /// <summary>The body is no body; only /v2 reads any.</summary>
    public Task MalformedAsync(BadHttpRequestException malformed) => WriteAsync([], NativeProblems.Malformed(malformed));

    private async Task WriteAsync(byte[] body, ClaimProblem problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        if (isNative)
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
