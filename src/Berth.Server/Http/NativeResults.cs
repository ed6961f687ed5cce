using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Routing;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Http;

/// <summary>Writes the answers of <c>/v2</c>. Each says which member gave it and under which epoch.</summary>
internal sealed class NativeResults(string member, Epoch epoch, TimeProvider time)
{
    private readonly string _epoch = epoch.Value.ToString();

    /// <summary>
    /// What every answer carries, whatever becomes of it: until a pool's owner has answered, this member, and in a cluster the epoch 0, which is no ownership.
    /// </summary>
    public void Stamp(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers[ClaimRoutes.MemberHeader] = member;
        headers[ClaimRoutes.EpochHeader] = _epoch;
        headers.CacheControl = "no-store";
    }

    /// <summary>The answer is another member's, or was given under the ownership of one shard.</summary>
    public static void Stamp(HttpContext context, RoutedReply answer)
    {
        if (answer.Member is { } member)
        {
            context.Response.Headers[ClaimRoutes.MemberHeader] = member;
            context.Response.Headers[ClaimRoutes.EpochHeader] = answer.Epoch.Value.ToString();
        }
    }

    /// <summary>The claim.</summary>
    public Task ClaimAsync(HttpContext context, int status, ClaimEntry claim) =>
        WriteAsync(context, status, "application/json", claim, ClaimJson.Default.ClaimEntry);

    /// <summary>The claim is released.</summary>
    public Task ReleasedAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>A problem; where it is one of time, when to ask again.</summary>
    public Task RefuseAsync(HttpContext context, ClaimProblem problem, long? retryAfterSeconds = null)
    {
        var seconds = retryAfterSeconds ?? (problem.Status == StatusCodes.Status503ServiceUnavailable ? 1 : null);
        if (seconds is { } wait)
        {
            context.Response.Headers.RetryAfter = wait.ToString();
            problem = problem with { RetryAt = SecondOf(time.GetUtcNow()).AddSeconds(wait) };
        }

        if (problem.Status == StatusCodes.Status405MethodNotAllowed)
        {
            context.Response.Headers.Allow = ClaimRoutes.Methods;
        }

        return WriteAsync(context, problem.Status, Problem.ContentType, problem, ClaimJson.Default.ClaimProblem);
    }

    /// <summary>
    /// The claim of a holder whose pool told it <paramref name="ttlMs"/> when <paramref name="told"/> was the time (null: it told
    /// nothing now). What has passed since is not promised again. Another member's times are measured by its own clock, <paramref name="wallMs"/>.
    /// </summary>
    public ClaimEntry Entry(PoolName pool, HolderView holder, long? ttlMs = null, long told = 0, long? wallMs = null)
    {
        var now = time.GetUtcNow();
        long? expiresIn = holder.ExpiresMs is not { } expires ? null
            : ttlMs is { } ttl ? Math.Max(0, (ttl / 1000) - (long)time.GetElapsedTime(told).TotalSeconds)
            : Math.Max(0, (expires - (wallMs ?? now.ToUnixTimeMilliseconds())) / 1000);
        DateTimeOffset? expiresAt = expiresIn is not { } left ? null
            : ttlMs is null ? SecondOf(DateTimeOffset.FromUnixTimeMilliseconds(holder.ExpiresMs!.Value))
            : SecondOf(now).AddSeconds(left);
        return new ClaimEntry(
            pool.Value,
            holder.Node.Value,
            holder.License.Value,
            holder.Number,
            holder.Version,
            DateTimeOffset.FromUnixTimeMilliseconds(holder.SinceMs),
            expiresAt,
            expiresIn);
    }

    private static DateTimeOffset SecondOf(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());

    private static async Task WriteAsync<T>(HttpContext context, int status, string contentType, T value, JsonTypeInfo<T> type)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }
}
