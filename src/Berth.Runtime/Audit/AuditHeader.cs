using System.Globalization;
using System.Text.Json;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Audit;

/// <summary>A pool as the first line of an export names it.</summary>
/// <param name="Name">The pool.</param>
/// <param name="Head">The last version that is exported, and the chain hash there.</param>
/// <param name="Base">What its history begins after; 0 and zeros: it is complete.</param>
/// <param name="BaseParts">In how many lines the base comes; 0: there is none.</param>
internal sealed record ExportedPool(PoolName Name, KnownPosition Head, KnownPosition Base, int BaseParts);

/// <summary>The first line of an export: everything that follows is measured by it.</summary>
/// <param name="Cluster">The cluster's id.</param>
/// <param name="TimeMs">When (Unix milliseconds).</param>
/// <param name="PublicKey">The key that the export is signed with; null: it is not signed.</param>
/// <param name="Keys">The keys that members have signed with.</param>
/// <param name="CheckpointsAfter">The number before that of the first checkpoint.</param>
/// <param name="LastCheckpoint">The number of the last checkpoint.</param>
/// <param name="Pools">The pools in the order in which they follow.</param>
internal sealed record AuditHeader(
    string Cluster,
    long TimeMs,
    ReadOnlyMemory<byte>? PublicKey,
    IReadOnlyList<ReadOnlyMemory<byte>> Keys,
    long CheckpointsAfter,
    long LastCheckpoint,
    IReadOnlyList<ExportedPool> Pools)
{
    /// <summary>Reads a first line. Throws <see cref="InvalidDataException"/>, or what the JSON reader throws, when it is none.</summary>
    public static AuditHeader Parse(ReadOnlyMemory<byte> line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("berthAudit", out var format))
        {
            throw new InvalidDataException("this is no audit export of Berth: its first line has no berthAudit");
        }

        if (format.GetInt32() != AuditLines.Format)
        {
            throw new InvalidDataException($"the export has format {format}; this Berth knows {AuditLines.Format}: use a newer one");
        }

        var key = root.GetProperty("member").GetProperty("publicKey");
        var checkpoints = root.GetProperty("checkpoints");
        return new AuditHeader(
            root.GetProperty("cluster").GetString()!,
            DateTimeOffset.Parse(root.GetProperty("time").GetString()!, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(),
            key.ValueKind == JsonValueKind.Null ? default(ReadOnlyMemory<byte>?) : Hex(key),
            [.. root.GetProperty("keys").EnumerateArray().Select(known => (ReadOnlyMemory<byte>)Hex(known))],
            checkpoints.GetProperty("after").GetInt64(),
            checkpoints.GetProperty("last").GetInt64(),
            [.. root.GetProperty("pools").EnumerateArray().Select(PoolOf)]);
    }

    private static ExportedPool PoolOf(JsonElement pool)
    {
        var start = pool.GetProperty("base");
        return new ExportedPool(new PoolName(pool.GetProperty("name").GetString()!), Position(pool), Position(start), start.GetProperty("parts").GetInt32());
    }

    private static KnownPosition Position(JsonElement place) => new(place.GetProperty("version").GetInt64(), Hex(place.GetProperty("hash")));

    private static byte[] Hex(JsonElement text) => Convert.FromHexString(text.GetString()!);
}
