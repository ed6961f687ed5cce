using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Http;

/// <summary>How often one address, and one node, may ask the edge: looked at before any pool is.</summary>
internal sealed class RateLimits
{
    private static readonly TimeSpan _betweenLines = TimeSpan.FromMinutes(1);

    private readonly BucketTable? _byAddress;
    private readonly BucketTable? _byNode;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private long _refused;
    private long _refusedInAll;
    private long _saidAt;

    private RateLimits(RateLimit? address, RateLimit? node, TimeProvider time, ILogger log)
    {
        _byAddress = address is null ? null : new BucketTable(address, time);
        _byNode = node is null ? null : new BucketTable(node, time);
        _time = time;
        _log = log;
        _saidAt = time.GetTimestamp() - (long)(_betweenLines.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>Null when nothing is limited, so that nothing is spent on it.</summary>
    public static RateLimits? Of(MemberOptions options, TimeProvider time, ILogger log) => options is { AddressLimit: null, NodeLimit: null }
        ? null
        : new RateLimits(options.AddressLimit, options.NodeLimit, time, log);

    /// <summary>Requests that were refused so far.</summary>
    public long Refused => Interlocked.Read(ref _refusedInAll);

    /// <summary>
    /// Counts a request. Null: it may go on. Otherwise after how many seconds to ask again. Releases name no
    /// <paramref name="node"/>: a node sends one as it shuts down, and others wait for its seat, so that what it asked too often
    /// before must not keep it from giving back.
    /// </summary>
    public int? RetryAfter(IPAddress? address, string? node)
    {
        var wait = _byAddress?.Take(AddressKey.Of(address)) ?? (node is null ? null : _byNode?.Take(KeyOf(node)));
        if (wait is not null)
        {
            Tell(address);
        }

        return wait;
    }

    /// <summary>Two hashes with seeds of this process: whose pair of them is the same, nobody outside can find.</summary>
    private static ulong KeyOf(string node)
    {
        var second = new HashCode();
        second.AddBytes(MemoryMarshal.AsBytes(node.AsSpan()));
        return ((ulong)(uint)node.GetHashCode(StringComparison.Ordinal) << 32) | (uint)second.ToHashCode();
    }

    /// <summary>One line a minute, however many are refused.</summary>
    private void Tell(IPAddress? address)
    {
        Interlocked.Increment(ref _refused);
        Interlocked.Increment(ref _refusedInAll);
        var said = Volatile.Read(ref _saidAt);
        if (_time.GetElapsedTime(said) >= _betweenLines && Interlocked.CompareExchange(ref _saidAt, _time.GetTimestamp(), said) == said)
        {
            _log.Limited(Interlocked.Exchange(ref _refused, 0), address);
        }
    }
}

internal static partial class RateLimitsLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "edge.limited: {count} requests answered with 429 since the last such line, the last one from {address}")]
    public static partial void Limited(this ILogger log, long count, IPAddress? address);
}
