using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Berth.Server.Http;

/// <summary>
/// Token buckets for 65,536 keys, in memory that never grows (1 MiB). A bucket is the moment at which it is full again: one that is
/// full says nothing and can be forgotten. Sets of eight hold a key; a new key takes the place of the fullest, so that a flood of
/// new keys drives out other newcomers and not the ones who are being limited.
/// </summary>
internal sealed class BucketTable
{
    private const int Sets = 8192;
    private const int Ways = 8;
    private const int Gates = 256;

    private readonly TimeProvider _time;
    private readonly long _interval;
    private readonly long _capacity;

    /// <summary>Each guards the sets whose number ends in its own.</summary>
    private readonly Lock[] _gates = [.. Enumerable.Range(0, Gates).Select(_ => new Lock())];
    private readonly Bucket[] _buckets = new Bucket[Sets * Ways];

    /// <summary>Nobody outside can choose keys that share a set.</summary>
    private readonly ulong _seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    public BucketTable(RateLimit limit, TimeProvider time)
    {
        _time = time;
        _interval = Math.Max(1, (long)(limit.Unit.TotalSeconds * time.TimestampFrequency / limit.Count));
        _capacity = _interval * limit.Burst;
    }

    /// <summary>Takes one from the bucket of <paramref name="key"/>. Null: it is taken. Otherwise in how many seconds there is one, at least 1.</summary>
    public int? Take(ulong key)
    {
        var mixed = Mix(key ^ _seed);
        var set = (int)(mixed % Sets);
        lock (_gates[set % Gates])
        {
            return Take_NeedsLock(_buckets.AsSpan(set * Ways, Ways), mixed);
        }
    }

    private int? Take_NeedsLock(Span<Bucket> set, ulong key)
    {
        var now = _time.GetTimestamp();
        ref var bucket = ref set[0];
        foreach (ref var other in set)
        {
            if (other.Key == key)
            {
                bucket = ref other;
                break;
            }

            if (other.FullAt < bucket.FullAt)
            {
                bucket = ref other;
            }
        }

        var full = (bucket.Key == key ? Math.Max(bucket.FullAt, now) : now) + _interval;
        var wait = full - now - _capacity;
        if (wait > 0)
        {
            return (int)Math.Clamp((wait + _time.TimestampFrequency - 1) / _time.TimestampFrequency, 1, int.MaxValue);
        }

        bucket = new Bucket(key, full);
        return null;
    }

    /// <summary>The finish of SplitMix64: different keys stay different.</summary>
    private static ulong Mix(ulong key)
    {
        key = (key ^ (key >> 30)) * 0xBF58476D1CE4E5B9;
        key = (key ^ (key >> 27)) * 0x94D049BB133111EB;
        return key ^ (key >> 31);
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Bucket(ulong Key, long FullAt);
}
