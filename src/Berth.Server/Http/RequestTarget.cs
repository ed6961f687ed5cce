using System.Buffers;
using System.Text;
using Berth.Pools;
using Berth.Protocol;

namespace Berth.Server.Http;

/// <summary>What the raw target of a request names. Read from the raw bytes, because decoded paths lose differences.</summary>
internal readonly ref struct RequestTarget
{
    private const string Nodes = "/v1/nodes/";
    private const string NativeRoot = "/v2";

    private RequestTarget(TargetKind kind, string? fingerprint = null)
    {
        Kind = kind;
        Fingerprint = fingerprint;
    }

    public TargetKind Kind { get; }

    /// <summary>For <see cref="TargetKind.Node"/>: decoded; null: not a fingerprint.</summary>
    public string? Fingerprint { get; }

    public static RequestTarget Parse(string rawTarget)
    {
        var path = PathOf(rawTarget);
        if (path.StartsWith(Nodes, StringComparison.Ordinal))
        {
            return ParseNode(path[Nodes.Length..]);
        }

        return path switch
        {
            "/v1/health" => new RequestTarget(TargetKind.Health),
            ManagementRoutes.OpenApi => new RequestTarget(TargetKind.OpenApi),
            "/livez" => new RequestTarget(TargetKind.Live),
            "/readyz" => new RequestTarget(TargetKind.Ready),
            _ => new RequestTarget(IsNative(path) ? TargetKind.Native : TargetKind.Other),
        };
    }

    private static RequestTarget ParseNode(ReadOnlySpan<char> segment)
    {
        if (segment.IsEmpty || segment.Contains('/'))
        {
            return new RequestTarget(TargetKind.Other);
        }

        var decoded = Decode(segment, Pools.Fingerprint.MaxBytes);
        if (decoded is null)
        {
            return new RequestTarget(TargetKind.Node);
        }

        // A decoded slash and dot segments name another path.
        return decoded is "." or ".." || decoded.Contains('/')
            ? new RequestTarget(TargetKind.Other)
            : new RequestTarget(TargetKind.Node, Pools.Fingerprint.IsValid(decoded) ? decoded : null);
    }

    private static bool IsNative(ReadOnlySpan<char> path) =>
        path.StartsWith(NativeRoot, StringComparison.Ordinal) && (path.Length == NativeRoot.Length || path[NativeRoot.Length] == '/');

    /// <summary>The path without a query; of an absolute target, what follows its authority.</summary>
    internal static ReadOnlySpan<char> PathOf(string rawTarget)
    {
        var path = rawTarget.AsSpan();
        var query = path.IndexOf('?');
        path = query < 0 ? path : path[..query];
        if (path.StartsWith('/'))
        {
            return path;
        }

        var authority = path.IndexOf("://");
        var slash = authority < 0 ? -1 : path[(authority + 3)..].IndexOf('/');
        return slash < 0 ? [] : path[(authority + 3 + slash)..];
    }

    /// <summary>
    /// Null when an escape is malformed, the bytes are not UTF-8, or escapes stand for more than <paramref name="maxBytes"/>, which is
    /// at most a fingerprint's. A segment without escapes comes back as it is.
    /// </summary>
    internal static string? Decode(ReadOnlySpan<char> segment, int maxBytes) =>
        segment.Contains('%') ? DecodeEscapes(segment, maxBytes) : segment.ToString();

    private static string? DecodeEscapes(ReadOnlySpan<char> segment, int maxBytes)
    {
        Span<byte> room = stackalloc byte[Pools.Fingerprint.MaxBytes];
        var bytes = room[..maxBytes];
        var length = 0;
        for (var i = 0; i < segment.Length; i++, length++)
        {
            if (length == bytes.Length || segment[i] > 0x7F)
            {
                return null;
            }

            if (segment[i] != '%')
            {
                bytes[length] = (byte)segment[i];
                continue;
            }

            if (i + 2 >= segment.Length
                || Convert.FromHexString(segment.Slice(i + 1, 2), bytes.Slice(length, 1), out _, out _) != OperationStatus.Done)
            {
                return null;
            }

            i += 2;
        }

        return System.Text.Unicode.Utf8.IsValid(bytes[..length]) ? Encoding.UTF8.GetString(bytes[..length]) : null;
    }
}

internal enum TargetKind
{
    Other,
    Node,
    Health,
    Live,
    Ready,

    /// <summary>The description of the API.</summary>
    OpenApi,

    /// <summary>Something of <c>/v2</c>: <see cref="NativeTarget"/> says what.</summary>
    Native,
}
