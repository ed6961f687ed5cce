using System.Text.Unicode;
using Berth.Pools;
using Berth.Runtime.Routing;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Http;

/// <summary>
/// Replies to status and body: the only place that knows both. Bodies are bytes; each ends in the newline that Relay's
/// signatures cover.
/// </summary>
internal sealed class ReplyResults(AnswerClock clock, AnswerSignature? signature, LicenseBodies licenses)
{
    private static readonly byte[] None = [];
    private static readonly byte[] Conflict = Error("failed to claim license due to conflict");
    private static readonly byte[] NoLicenses = Error("no licenses available");
    private static readonly byte[] NotFound = Error("claim not found");
    private static readonly byte[] InvalidPool = Error("invalid pool header");
    private static readonly byte[] UnsupportedPool = Error("unsupported pool header");
    private static readonly byte[] InvalidFingerprint = Error("invalid fingerprint");
    private static readonly byte[] InvalidAttribution = Error("invalid Berth-User or Berth-Host header: 1 to 256 bytes of text");
    internal static readonly byte[] TooLarge = Error("request body too large: at most 1048576 bytes");
    internal static readonly byte[] Unavailable = Error("service unavailable");
    internal static readonly byte[] OutcomeUnknown = Error("outcome unknown");
    internal static readonly byte[] TooManyRequests = Error("too many requests");

    /// <summary>The answer to a claim or a renewal.</summary>
    /// <param name="context">The request.</param>
    /// <param name="began">When it came.</param>
    /// <param name="reply">What its pool says.</param>
    /// <param name="file">Which license file that means.</param>
    /// <param name="represent">The node asks for its license whether or not it must have it.</param>
    public Task ClaimAsync(HttpContext context, AnswerClock.Second began, PoolReply reply, FileMark file, bool represent)
    {
        switch (reply)
        {
            case Renewed { Repeat: false } renewed when !represent:
                return WriteTerm(context, began, StatusCodes.Status202Accepted, None, renewed.TtlMs);
            case Renewed renewed:
                return WriteLicenseAsync(context, began, StatusCodes.Status202Accepted, (renewed.License, file), renewed.TtlMs);
            case Granted granted:
                return WriteLicenseAsync(context, began, StatusCodes.Status201Created, (granted.License, file), granted.TtlMs);
            case AlreadyHeld or HeldElsewhere or OtherClaimKey:
                return Write(context, began, StatusCodes.Status409Conflict, Conflict);
            case CoolingDown coolDown:
                context.Response.Headers.RetryAfter = $"{Math.Max(1, (coolDown.ForMs + 999) / 1000)}";
                return Write(context, began, StatusCodes.Status410Gone, NoLicenses);
            case NoSeatFree:
                return Write(context, began, StatusCodes.Status410Gone, NoLicenses);
            default:
                return Other(context, began, reply);
        }
    }

    /// <summary>The answer to a release.</summary>
    public Task ReleaseAsync(HttpContext context, AnswerClock.Second began, PoolReply reply) => reply switch
    {
        Released => Write(context, began, StatusCodes.Status204NoContent, None),
        NotHeld => Write(context, began, StatusCodes.Status404NotFound, NotFound),
        _ => Other(context, began, reply),
    };

    /// <summary>The request was refused before any pool was asked.</summary>
    public Task RefuseAsync(HttpContext context, AnswerClock.Second began, Refusal refusal) => refusal switch
    {
        Refusal.Fingerprint => Write(context, began, StatusCodes.Status400BadRequest, InvalidFingerprint),
        Refusal.Attribution => Write(context, began, StatusCodes.Status400BadRequest, InvalidAttribution),
        Refusal.UnsupportedPool => Write(context, began, StatusCodes.Status400BadRequest, UnsupportedPool),
        Refusal.UnknownPool => Write(context, began, StatusCodes.Status400BadRequest, InvalidPool),
        Refusal.ClaimNotFound => Write(context, began, StatusCodes.Status404NotFound, NotFound),
        _ => Write(context, began, StatusCodes.Status413PayloadTooLarge, TooLarge),
    };

    /// <summary>Too much was asked: nothing happened, and after so many seconds the same may be asked again.</summary>
    public Task LimitAsync(HttpContext context, AnswerClock.Second began, int retryAfterSeconds)
    {
        context.Response.Headers.RetryAfter = retryAfterSeconds.ToString();
        return Write(context, began, StatusCodes.Status429TooManyRequests, TooManyRequests);
    }

    /// <summary>The health check: no body, no content type.</summary>
    public Task HealthAsync(HttpContext context, AnswerClock.Second began)
    {
        Stamp(context, began, None, None);
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private Task Other(HttpContext context, AnswerClock.Second began, PoolReply reply)
    {
        switch (reply)
        {
            case NoSuchPool:
                return Write(context, began, StatusCodes.Status400BadRequest, InvalidPool);
            case GrantsWithheld:
                // Only a person ends it: asking every second would not.
                context.Response.Headers.RetryAfter = "10";
                return Write(context, began, StatusCodes.Status503ServiceUnavailable, Unavailable);
            case NotOwner or Busy or NotWritten:
                context.Response.Headers.RetryAfter = "1";
                return Write(context, began, StatusCodes.Status503ServiceUnavailable, Unavailable);
            default:
                context.Response.Headers.RetryAfter = "1";
                return Write(context, began, StatusCodes.Status503ServiceUnavailable, OutcomeUnknown);
        }
    }

    private async Task WriteLicenseAsync(
        HttpContext context, AnswerClock.Second began, int status, (LicenseId Id, FileMark File) license, long ttlMs)
    {
        byte[]? body = null;
        try
        {
            body = await licenses.GetAsync(license.Id, license.File)
                ?? throw new InvalidDataException($"The journal has no license {license.Id}.");
        }
        catch (Exception unreadable)
        {
            context.Features.Set(new UnreadableLicense(license.Id, unreadable));
        }

        // The seat is held, but what belongs to it cannot be handed out: the node must not read this as a no.
        await (body is null ? Other(context, began, Unknown.Instance) : WriteTerm(context, began, status, body, ttlMs));
    }

    /// <summary>Writes the license, if any, and how long the node may stay silent.</summary>
    private Task WriteTerm(HttpContext context, AnswerClock.Second began, int status, byte[] license, long ttlMs)
    {
        Span<byte> term = stackalloc byte[80];
        var seconds = ttlMs / 1000;
        var first = license.Length == 0 ? '{' : ',';
        Utf8.TryWrite(term, $"{first}\"expires_at\":{clock.Now.Unix + seconds},\"expires_in\":{seconds}}}\n", out var length);
        Write(context, began, status, license, term[..length]);
        return Task.CompletedTask;
    }

    private Task Write(HttpContext context, AnswerClock.Second began, int status, byte[] body)
    {
        Write(context, began, status, body, []);
        return Task.CompletedTask;
    }

    private void Write(HttpContext context, AnswerClock.Second began, int status, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.Headers.ContentType = "application/json";
        Stamp(context, began, first, second);
        var length = first.Length + second.Length;
        if (length == 0)
        {
            return;
        }

        response.ContentLength = length;
        var body = response.BodyWriter.GetSpan(length);
        first.CopyTo(body);
        second.CopyTo(body[first.Length..]);
        response.BodyWriter.Advance(length);
    }

    private void Stamp(HttpContext context, AnswerClock.Second began, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        context.Response.Headers["Relay-Clock"] = began.Text;
        if (signature is not null)
        {
            context.Response.Headers["Relay-Signature"] = signature.Sign(began.Text, first, second);
        }
    }

    private static byte[] Error(string text) => [.. "{\"error\":"u8, .. GoJson.Quote(text), .. "}\n"u8];
}

/// <summary>Why a request was refused before any pool was asked.</summary>
internal enum Refusal
{
    Fingerprint,
    Attribution,
    UnsupportedPool,
    UnknownPool,
    ClaimNotFound,
    BodyTooLarge,
}

/// <summary>A license that was granted and cannot be read.</summary>
internal sealed record UnreadableLicense(LicenseId License, Exception Failure);
