using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Audit;

/// <summary>
/// Writes the lines of an export, each ended by a newline. For the same content the bytes are always the same: whoever verifies an export
/// writes each line again and compares. What is written last is valid until the next line. docs/audit.md describes them.
/// </summary>
internal sealed class AuditLines : IDisposable
{
    /// <summary>The version of the format.</summary>
    public const int Format = 1;

    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private readonly Utf8JsonWriter _json;

    public AuditLines() => _json = new Utf8JsonWriter(_bytes, _options);

    public ReadOnlyMemory<byte> Header(AuditHeader header)
    {
        Begin();
        _json.WriteNumber("berthAudit", Format);
        _json.WriteString("cluster", header.Cluster);
        _json.WriteString("time", Time(header.TimeMs));
        _json.WriteStartObject("member");
        _json.WriteString("publicKey", header.PublicKey is { } key ? Hex(key.Span) : null);
        _json.WriteEndObject();
        _json.WriteStartArray("keys");
        foreach (var known in header.Keys)
        {
            _json.WriteStringValue(Hex(known.Span));
        }

        _json.WriteEndArray();
        _json.WriteStartObject("checkpoints");
        _json.WriteNumber("after", header.CheckpointsAfter);
        _json.WriteNumber("last", header.LastCheckpoint);
        _json.WriteEndObject();
        _json.WriteStartArray("pools");
        foreach (var pool in header.Pools)
        {
            Pool(pool);
        }

        _json.WriteEndArray();
        return End();
    }

    public ReadOnlyMemory<byte> Base(PoolName pool, int part, int parts, ReadOnlySpan<byte> bytes)
    {
        Begin();
        _json.WriteString("pool", pool.Value);
        _json.WriteNumber("basePart", part);
        _json.WriteNumber("baseParts", parts);
        _json.WriteBase64String("bytes", bytes);
        return End();
    }

    public ReadOnlyMemory<byte> Checkpoint(Checkpoint checkpoint, CheckpointRow row)
    {
        Begin();
        _json.WriteNumber("checkpoint", checkpoint.Number);
        _json.WriteString("time", Time(checkpoint.TimeMs));
        _json.WriteString("key", Hex(checkpoint.Key.Span));
        _json.WriteString("root", Hex(checkpoint.Root.Span));
        _json.WriteNumber("heads", checkpoint.Heads.Count);
        _json.WriteBase64String("bytes", row.Bytes.Span);
        _json.WriteString("signature", Hex(row.Signature.Span));
        return End();
    }

    public ReadOnlyMemory<byte> Event(PoolName pool, long version, PoolEvent happened, ReadOnlySpan<byte> stored, ReadOnlySpan<byte> hash)
    {
        Begin();
        _json.WriteString("pool", pool.Value);
        _json.WriteNumber("version", version);
        _json.WriteString("time", Time(happened.Stamp.WallMs));
        _json.WriteString("event", AuditEvents.NameOf(happened));
        Text("action", AuditEvents.ActionOf(happened));
        var (node, license, number) = AuditEvents.SubjectOf(happened);
        Text("node", node?.Value);
        Text("license", license?.Value);
        Number("number", number);
        Detail(happened);
        Text("actor", happened.Stamp.Who.Actor);
        Text("address", happened.Stamp.Who.Address);
        Text("user", happened.Stamp.Who.User);
        Text("host", happened.Stamp.Who.Host);
        _json.WriteBase64String("bytes", stored);
        _json.WriteString("hash", Hex(hash));
        return End();
    }

    /// <summary>The last line: how many lines there are before it, and what their bytes come to.</summary>
    public ReadOnlyMemory<byte> Trailer(long lines, ReadOnlySpan<byte> digest, ReadOnlyMemory<byte>? signature)
    {
        Begin();
        _json.WriteNumber("lines", lines);
        _json.WriteString("sha256", Hex(digest));
        _json.WriteString("signature", signature is { } signed ? Hex(signed.Span) : null);
        return End();
    }

    /// <summary>RFC 3339 in UTC with milliseconds; what is no date is a number of milliseconds.</summary>
    public static string Time(long wallMs) => wallMs >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
        && wallMs <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        ? DateTimeOffset.FromUnixTimeMilliseconds(wallMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : wallMs.ToString(CultureInfo.InvariantCulture);

    public void Dispose() => _json.Dispose();

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private void Pool(ExportedPool pool)
    {
        _json.WriteStartObject();
        _json.WriteString("name", pool.Name.Value);
        _json.WriteNumber("version", pool.Head.Version);
        _json.WriteString("hash", Hex(pool.Head.Hash.Span));
        _json.WriteStartObject("base");
        _json.WriteNumber("version", pool.Base.Version);
        _json.WriteString("hash", Hex(pool.Base.Hash.Span));
        _json.WriteNumber("parts", pool.BaseParts);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    /// <summary>What a kind of event adds.</summary>
    private void Detail(PoolEvent happened)
    {
        switch (happened)
        {
            case SeatGranted e: Number("ttlMs", e.ToldTtlMs); break;
            case SeatReleased e: Text("cause", e.Cause == ReleaseCause.Moved ? "moved" : "node"); break;
            case SeatTaken e:
                Text("reason", e.Reason);
                Number("coolDownMs", e.CoolDownMs);
                break;
            case ClaimImported e:
                Number("ttlMs", e.ToldTtlMs);
                Text("since", Time(e.SinceMs));
                break;
            case LicenseAdded e: Seats(e.Seats, e.ExpiryMs); break;
            case LicenseChanged e: Seats(e.Seats, e.ExpiryMs); break;
            case LicenseImported e: Seats(e.Seats, e.ExpiryMs); break;
            case PolicyAdopted e: Policy(e.Policy.TtlMs, e.Policy.Strategy, e.Policy.Heartbeats); break;
            case ClusterPolicyChanged e: Policy(e.Policy.TtlMs, e.Policy.Strategy, e.Policy.Heartbeats); break;
            case PolicyExceptionChanged e:
                Policy((long?)e.Exception.Ttl?.TotalMilliseconds, e.Exception.Strategy, e.Exception.Heartbeats);
                break;
            case CopyConfirmed e: Text("origin", e.Origin); break;
            case HistoryCut e:
                Number("upTo", e.UpTo);
                Text("digest", e.Digest);
                break;
        }
    }

    private void Seats(int seats, long? expiryMs)
    {
        Number("seats", seats);
        Text("expires", expiryMs is { } at ? Time(at) : null);
    }

    private void Policy(long? ttlMs, Strategy? strategy, bool? heartbeats)
    {
        Number("ttlMs", ttlMs);
        Text("strategy", strategy switch { null => null, Strategy.Fifo => "fifo", Strategy.Lifo => "lifo", _ => "rand" });
        if (heartbeats is { } on)
        {
            _json.WriteBoolean("heartbeats", on);
        }
    }

    private void Text(string name, string? value)
    {
        if (value is not null)
        {
            _json.WriteString(name, value);
        }
    }

    private void Number(string name, long? value)
    {
        if (value is { } there)
        {
            _json.WriteNumber(name, there);
        }
    }

    private void Begin()
    {
        _bytes.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
    }

    private ReadOnlyMemory<byte> End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _bytes.GetSpan(1)[0] = (byte)'\n';
        _bytes.Advance(1);
        return _bytes.WrittenMemory;
    }
}
