using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Routing;

namespace Berth.Server.Http;

/// <summary>
/// The part of an answer that hands out a license, ready as bytes: <c>{"license_file":"…","license_key":"…"</c>. Read from
/// the journal after the commit, outside the actors, and kept in two generations of at most 32 MiB each: when the younger
/// is full it becomes the older, and what the older held and nobody asked for again is gone. What is kept is kept under the mark that the owner
/// gave with its answer: another mark means that the file may be another, and it is read again.
/// </summary>
internal sealed class LicenseBodies(IJournal journal)
{
    private const long GenerationBytes = 32 << 20;

    private volatile Generation _younger = new();
    private volatile Generation _older = new();

    /// <summary>The bytes, or null when there is no such license.</summary>
    public ValueTask<byte[]?> GetAsync(LicenseId license, FileMark mark)
    {
        if (_younger.Bodies.TryGetValue(license.Value, out var kept) && kept.Mark == mark)
        {
            return new(kept.Bytes);
        }

        if (_older.Bodies.TryGetValue(license.Value, out kept) && kept.Mark == mark)
        {
            Keep(license, kept);
            return new(kept.Bytes);
        }

        return ReadAsync(license, mark);
    }

    private async ValueTask<byte[]?> ReadAsync(LicenseId license, FileMark mark)
    {
        // Whoever asks may be on an actor's thread, which must not wait for a disk.
        await Task.Yield();
        if (await journal.ReadLicenseAsync(license) is not { } row)
        {
            return null;
        }

        var body = Build(row);
        if (mark.IsKnown)
        {
            Keep(license, new Body(mark, body));
        }

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

    private void Keep(LicenseId license, Body body)
    {
        var younger = _younger;
        long more = body.Bytes.Length;
        if (younger.Bodies.TryGetValue(license.Value, out var before))
        {
            more -= before.Bytes.Length;
        }

        younger.Bodies[license.Value] = body;
        if (Interlocked.Add(ref younger.Bytes, more) > GenerationBytes)
        {
            _older = younger;
            _younger = new Generation();
        }
    }

    /// <summary>What an answer with this mark hands out.</summary>
    private sealed record Body(FileMark Mark, byte[] Bytes);

    private sealed class Generation
    {
        /// <summary>Bytes of the bodies, counted as they come in. Two that come at once for one license count twice.</summary>
        public long Bytes;

        public ConcurrentDictionary<string, Body> Bodies { get; } = new(StringComparer.Ordinal);
    }
}
