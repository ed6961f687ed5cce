using System.Security.Cryptography;
using System.Text;
using Berth.Protocol;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Management;

/// <summary>
/// Answers a request that is repeated with the same <c>Idempotency-Key</c> as the first time, for 24 hours. Only definite answers are
/// kept: after a status of 500 and more, the request is simply done again. At most 1,000 are kept, the oldest go first; none outlives
/// the process. One request is told from another by method, target and body; one caller from another by <c>Authorization</c>.
/// </summary>
internal sealed class RepeatedRequests(TimeProvider time)
{
    public const string Header = "Idempotency-Key";

    /// <summary>Set on an answer that was given before.</summary>
    public const string Replayed = "Idempotency-Replayed";

    /// <summary>The most answers that are kept.</summary>
    public const int Capacity = 1_000;

    private const int MaxKeyLength = 255;
    private const int MaxAnswerBytes = 64 * 1024;

    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromHours(24);

    /// <summary>Guards <see cref="_known"/> and <see cref="_inOrder"/>; held for a few looks into them.</summary>
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _known = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, Entry Entry)> _inOrder = new();

    /// <summary>Does what the route does, or gives the answer of the first time.</summary>
    public async Task HandleAsync(ManagementExchange exchange, ManagementRoute route)
    {
        var context = exchange.Context;
        if (!context.Request.Headers.TryGetValue(Header, out var values))
        {
            await route.HandleAsync(exchange);
            return;
        }

        if (values is not [{ Length: > 0 and <= MaxKeyLength } key])
        {
            await exchange.RefuseAsync(Problems.Invalid($"{Header} must be one text of 1 to {MaxKeyLength} characters"));
            return;
        }

        var request = await DigestAsync(context);
        var own = Digest($"{context.Request.Headers.Authorization}\n{key}");
        if (Begin(own, request) is not { } mine)
        {
            await RepeatAsync(exchange, own, request);
            return;
        }

        Answer? answer = null;
        try
        {
            answer = await RunAsync(exchange, route);
        }
        finally
        {
            End(own, mine, answer);
        }
    }

    /// <summary>Runs the route to its end, even when its caller goes away: that is whom the answer is kept for.</summary>
    private static async Task<Answer?> RunAsync(ManagementExchange exchange, ManagementRoute route)
    {
        var context = exchange.Context;
        var (body, gone) = (context.Response.Body, context.RequestAborted);
        using var written = new MemoryStream();
        context.Response.Body = written;
        context.RequestAborted = CancellationToken.None;
        try
        {
            await route.HandleAsync(exchange);
        }
        finally
        {
            context.Response.Body = body;
            context.RequestAborted = gone;
        }

        var answer = new Answer(context.Response.StatusCode, context.Response.ContentType, written.ToArray());
        var kept = answer.Status < StatusCodes.Status500InternalServerError && answer.Body.Length <= MaxAnswerBytes ? answer : null;
        if (!gone.IsCancellationRequested)
        {
            await body.WriteAsync(answer.Body, CancellationToken.None);
        }

        return kept;
    }

    private async Task RepeatAsync(ManagementExchange exchange, string key, string request)
    {
        Entry? entry;
        lock (_gate)
        {
            entry = _known.GetValueOrDefault(key);
        }

        if (entry?.Request is { } first && first != request)
        {
            await exchange.RefuseAsync(new Problem(
                ProblemCodes.IdempotencyKeyReused, 422, $"this {Header} was used for another request: choose a new one for each"));
        }
        else if (entry?.Answer is { } answer)
        {
            var response = exchange.Context.Response;
            response.StatusCode = answer.Status;
            response.ContentType = answer.ContentType;
            response.Headers[Replayed] = "true";
            await response.Body.WriteAsync(answer.Body, exchange.Stop);
        }
        else
        {
            exchange.Context.Response.Headers.RetryAfter = "1";
            await exchange.RefuseAsync(new Problem(
                ProblemCodes.IdempotencyKeyBusy, 409, $"an earlier request with this {Header} is not answered yet: ask again"));
        }
    }

    /// <summary>Takes the key. Null: somebody has it.</summary>
    private Entry? Begin(string key, string request)
    {
        lock (_gate)
        {
            while (_inOrder.TryPeek(out var oldest) && (oldest.Entry.Ended || time.GetElapsedTime(oldest.Entry.Began) >= Keep))
            {
                ForgetOldest();
            }

            var entry = new Entry(request, time.GetTimestamp());
            if (!_known.TryAdd(key, entry))
            {
                return null;
            }

            if (_inOrder.Count >= Capacity)
            {
                ForgetOldest();
            }

            _inOrder.Enqueue((key, entry));
            return entry;
        }
    }

    private void End(string key, Entry entry, Answer? answer)
    {
        lock (_gate)
        {
            entry.Answer = answer;
            if (answer is null)
            {
                entry.Ended = true;
                Forget(key, entry);
            }
        }
    }

    private void ForgetOldest()
    {
        var (key, entry) = _inOrder.Dequeue();
        Forget(key, entry);
    }

    private void Forget(string key, Entry entry)
    {
        if (_known.GetValueOrDefault(key) == entry)
        {
            _known.Remove(key);
        }
    }

    /// <summary>Reads the body, whose size Kestrel limits, so that it can be compared; the route reads it again.</summary>
    private static async Task<string> DigestAsync(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        body.Position = 0;
        context.Request.Body = body;
        var head = Encoding.UTF8.GetBytes($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}\n");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(head);
        hash.AppendData(body.GetBuffer().AsSpan(0, (int)body.Length));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed record Answer(int Status, string? ContentType, byte[] Body);

    private sealed class Entry(string request, long began)
    {
        public string Request => request;

        public long Began => began;

        /// <summary>Null: it is under way.</summary>
        public Answer? Answer { get; set; }

        /// <summary>It has no answer that could be given again.</summary>
        public bool Ended { get; set; }
    }
}
