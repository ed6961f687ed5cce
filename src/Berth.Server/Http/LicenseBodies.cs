using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Server.Http;

/// <summary>
/// The part of an answer that hands out a license, ready as bytes: <c>{"license_file":"…","license_key":"…"</c>. Read from
/// the journal after the commit, outside the actors, and kept in two generations of at most 32 MiB each: when the younger
/// is full it becomes the older, and what the older held and nobody asked for again is gone.
/// </summary>
internal sealed class LicenseBodies(IJournal journal)
{
    private const long GenerationBytes = 32 << 20;

    private volatile Generation _younger = new();
    private volatile Generation _older = new();

    /// <summary>How often something was forgotten: what was read before must not be kept after.</summary>
    private long _forgotten;

    /// <summary>The bytes, or null when there is no such license.</summary>
    public ValueTask<byte[]?> GetAsync(LicenseId license)
    {
        if (_younger.Bodies.TryGetValue(license.Value, out var body))
        {
            return new(body);
        }

        var forgotten = Volatile.Read(ref _forgotten);

        if (_older.Bodies.TryGetValue(license.Value, out body))
        {
            Keep(license, body, forgotten);
            return new(body);
        }

        return ReadAsync(license, forgotten);
    }

    /// <summary>The license was taken out or put in: the file under its id may be another now.</summary>
    public void Forget(LicenseId license)
    {
        Interlocked.Increment(ref _forgotten);
        _younger.Bodies.TryRemove(license.Value, out _);
        _older.Bodies.TryRemove(license.Value, out _);
    }

    private async ValueTask<byte[]?> ReadAsync(LicenseId license, long forgotten)
    {
        // Whoever asks may be on an actor's thread, which must not wait for a disk.
        await Task.Yield();
        if (await journal.ReadLicenseAsync(license) is not { } row)
        {
            return null;
        }

        var body = Build(row);
        Keep(license, body, forgotten);
        return body;
    }

    private static byte[] Build(LicenseRow row)
    {
        var key = GoJson.Quote(row.Key);
        var file = Base64.GetMaxEncodedToUtf8Length(row.File.Length);
        var body = new byte["{\"license_file\":\"\",\"license_key\":".Length + file + key.Length];
        var at = Put(body, 0, "{\"license_file\":\""u8);
        Base64.EncodeToUtf8(row.File.Span, body.AsSpan(at), out _, out var written);
        at = Put(body, at + written, "\",\"license_key\":"u8);
        Put(body, at, key);
        return body;
    }

    private static int Put(byte[] into, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(into.AsSpan(at));
        return at + bytes.Length;
    }

    private void Keep(LicenseId license, byte[] body, long forgotten)
    {
        var younger = _younger;
        if (younger.Bodies.TryAdd(license.Value, body) && Interlocked.Add(ref younger.Bytes, body.Length) > GenerationBytes)
        {
            _older = younger;
            _younger = new Generation();
        }

        // Forgetting counts first and removes second: one of the two sees the other.
        if (Volatile.Read(ref _forgotten) != forgotten)
        {
            younger.Bodies.TryRemove(license.Value, out _);
        }
    }

    private sealed class Generation
    {
        /// <summary>Bytes of the bodies, counted as they come in.</summary>
        public long Bytes;

        public ConcurrentDictionary<string, byte[]> Bodies { get; } = new(StringComparer.Ordinal);
    }
}
