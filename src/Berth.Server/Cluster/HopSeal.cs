using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Berth.Server.Cluster;

/// <summary>One run of a member's process: 16 random bytes.</summary>
internal readonly record struct RunId(UInt128 Value)
{
    public const int Bytes = 16;

    /// <summary>A new one.</summary>
    public static RunId New()
    {
        Span<byte> random = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(random);
        return Read(random);
    }

    public static RunId Read(ReadOnlySpan<byte> from) => new(BinaryPrimitives.ReadUInt128BigEndian(from));

    public void Write(Span<byte> to) => BinaryPrimitives.WriteUInt128BigEndian(to, Value);
}

/// <summary>What the seal of a request says.</summary>
/// <param name="To">The run of the receiver that it is for; 0: the sender does not know it yet.</param>
/// <param name="ToMs">What the receiver's monotonic clock showed when it was sealed, as the sender knows it.</param>
/// <param name="From">The run of the sender.</param>
/// <param name="Number">The number of the request among those of <paramref name="From"/>: never the same twice.</param>
/// <param name="Length">Bytes of the body.</param>
internal sealed record RequestSeal(RunId To, long ToMs, RunId From, long Number, int Length);

/// <summary>
/// The header that shows that a request or an answer comes from a member and is as it was sent: fields and HMAC-SHA-256, in base64. The seal of a request can be
/// judged before anything of its body is read. An answer's seal is for one request, so that no other answer can take its place.
/// </summary>
internal sealed class HopSeal(ClusterKeys keys)
{
    /// <summary>Carries the seal, of a request and of an answer.</summary>
    public const string Header = "berth-hop";

    private const int Digest = SHA256.HashSizeInBytes;
    private const int RequestFields = RunId.Bytes + 8 + RunId.Bytes + 8 + 4;
    private const int RequestBytes = RequestFields + Digest + Digest;
    private const int AnswerFields = RunId.Bytes + 8;
    private const int AnswerBytes = AnswerFields + Digest;

    /// <summary>What stands before the fields: what is sealed, and for a request its method and path.</summary>
    private static ReadOnlySpan<byte> RequestLabel => "berth hop 1\nPOST\n/cluster/hop\n"u8;

    private static ReadOnlySpan<byte> AnswerLabel => "berth hop answer 1\n"u8;

    /// <summary>The header of a request with this body.</summary>
    public string SealRequest(RequestSeal seal, ReadOnlySpan<byte> body)
    {
        Span<byte> bytes = stackalloc byte[RequestBytes];
        Write(bytes, seal);
        SHA256.HashData(body, bytes[RequestFields..]);
        MacOfRequest(bytes[..(RequestFields + Digest)], bytes[(RequestFields + Digest)..]);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>
    /// What a request's header says and the digest that its body must have; null: no member has sealed it. Takes as long whatever is wrong with the seal.
    /// </summary>
    public (RequestSeal Seal, byte[] BodyDigest)? OpenRequest(string? header)
    {
        Span<byte> bytes = stackalloc byte[RequestBytes];
        if (!IsOf(header, bytes))
        {
            return null;
        }

        Span<byte> mac = stackalloc byte[Digest];
        MacOfRequest(bytes[..(RequestFields + Digest)], mac);
        return CryptographicOperations.FixedTimeEquals(mac, bytes[(RequestFields + Digest)..])
            ? (Read(bytes), bytes.Slice(RequestFields, Digest).ToArray())
            : null;
    }

    /// <summary>The header of an answer: whose run it is, what its clock shows, and that this is its answer to that request.</summary>
    public string SealAnswer(RequestSeal request, RunId run, long nowMs, int status, ReadOnlySpan<byte> body)
    {
        Span<byte> bytes = stackalloc byte[AnswerBytes];
        run.Write(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes[RunId.Bytes..], nowMs);
        MacOfAnswer(request, bytes[..AnswerFields], status, body, bytes[AnswerFields..]);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>Whose run an answer is and what its clock showed; null: it is not the answer of a member to this request.</summary>
    public (RunId Run, long NowMs)? OpenAnswer(RequestSeal request, string? header, int status, ReadOnlySpan<byte> body)
    {
        Span<byte> bytes = stackalloc byte[AnswerBytes];
        if (!IsOf(header, bytes))
        {
            return null;
        }

        Span<byte> mac = stackalloc byte[Digest];
        MacOfAnswer(request, bytes[..AnswerFields], status, body, mac);
        return CryptographicOperations.FixedTimeEquals(mac, bytes[AnswerFields..])
            ? (RunId.Read(bytes), BinaryPrimitives.ReadInt64BigEndian(bytes[RunId.Bytes..]))
            : null;
    }

    private static bool IsOf(string? header, Span<byte> bytes) =>
        header is not null && header.Length == (bytes.Length + 2) / 3 * 4
        && Convert.TryFromBase64String(header, bytes, out var written) && written == bytes.Length;

    private void MacOfRequest(ReadOnlySpan<byte> fieldsAndDigest, Span<byte> mac)
    {
        Span<byte> input = stackalloc byte[RequestLabel.Length + RequestFields + Digest];
        RequestLabel.CopyTo(input);
        fieldsAndDigest.CopyTo(input[RequestLabel.Length..]);
        HMACSHA256.HashData(keys.Request, input, mac);
    }

    private void MacOfAnswer(RequestSeal request, ReadOnlySpan<byte> fields, int status, ReadOnlySpan<byte> body, Span<byte> mac)
    {
        Span<byte> input = stackalloc byte[AnswerLabel.Length + RequestFields + AnswerFields + 4 + Digest];
        AnswerLabel.CopyTo(input);
        var at = AnswerLabel.Length;
        Write(input[at..], request);
        fields.CopyTo(input[(at += RequestFields)..]);
        BinaryPrimitives.WriteInt32BigEndian(input[(at += AnswerFields)..], status);
        SHA256.HashData(body, input[(at + 4)..]);
        HMACSHA256.HashData(keys.Answer, input, mac);
    }

    private static void Write(Span<byte> to, RequestSeal seal)
    {
        seal.To.Write(to);
        BinaryPrimitives.WriteInt64BigEndian(to[16..], seal.ToMs);
        seal.From.Write(to[24..]);
        BinaryPrimitives.WriteInt64BigEndian(to[40..], seal.Number);
        BinaryPrimitives.WriteInt32BigEndian(to[48..], seal.Length);
    }

    private static RequestSeal Read(ReadOnlySpan<byte> from) => new(
        RunId.Read(from),
        BinaryPrimitives.ReadInt64BigEndian(from[16..]),
        RunId.Read(from[24..]),
        BinaryPrimitives.ReadInt64BigEndian(from[40..]),
        BinaryPrimitives.ReadInt32BigEndian(from[48..]));
}
