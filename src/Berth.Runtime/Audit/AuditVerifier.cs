using System.Security.Cryptography;
using System.Text.Json;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Audit;

/// <summary>
/// Reads an export from its first byte to its last and replays it. Each line is written again from what it stands for and compared byte
/// by byte; which line must come next follows from the first. Memory is bounded by the first line, the heads that checkpoints name and
/// the live state of one pool, whatever the number of events.
/// </summary>
public sealed class AuditVerifier : IDisposable
{
    private readonly AuditTrust _trust;
    private readonly LineReader _reader;
    private readonly CancellationToken _stop;
    private readonly AuditLines _lines = new();
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<PoolProof> _proofs = [];
    private AuditHeader? _header;
    private CheckpointTrail? _trail;
    private long _line;

    private AuditVerifier(Stream source, AuditTrust trust, CancellationToken stop)
    {
        _trust = trust;
        _reader = new LineReader(source);
        _stop = stop;
    }

    /// <summary>Verifies an export. Throws what the stream throws; whatever is wrong with its content is in the verdict.</summary>
    public static async Task<AuditVerdict> VerifyAsync(Stream source, AuditTrust trust, CancellationToken stop)
    {
        using var verifier = new AuditVerifier(source, trust, stop);
        string? flaw = null;
        try
        {
            await verifier.ReadAllAsync();
        }
        catch (AuditFlawException error)
        {
            flaw = error.Message;
        }

        return verifier.Verdict(flaw);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lines.Dispose();
        _digest.Dispose();
    }

    private async Task ReadAllAsync()
    {
        _header = Judge(await NextAsync("the first line"), line =>
        {
            var header = AuditHeader.Parse(line);
            Same(_lines.Header(header), line);
            return header;
        });
        CheckHeader(_header);
        _trail = new CheckpointTrail(_header, _trust);
        for (var number = _header.CheckpointsAfter + 1; number <= _header.LastCheckpoint; number++)
        {
            Judge(await NextAsync($"checkpoint {number}"), line =>
            {
                var row = new CheckpointRow(number, 0, Field(line, "bytes"), Hex(line, "signature"));
                var checkpoint = Checkpoint.Parse(row.Bytes.Span);
                Same(_lines.Checkpoint(checkpoint, row), line);
                _trail.Take(number, checkpoint, row);
                return true;
            });
        }

        foreach (var pool in _header.Pools)
        {
            _proofs.Add(await ReadPoolAsync(pool, _trail));
        }

        await ReadTrailerAsync(_header);
    }

    private async Task<PoolProof> ReadPoolAsync(ExportedPool pool, CheckpointTrail trail)
    {
        var replay = new PoolAudit(pool, trail.HeadsOf(pool));
        for (var part = 0; part < pool.BaseParts; part++)
        {
            Judge(await NextAsync($"part {part + 1} of the base of pool {pool.Name}"), line =>
            {
                var bytes = Field(line, "bytes");
                Same(_lines.Base(pool.Name, part + 1, pool.BaseParts, bytes), line);
                replay.TakeBase(part, bytes);
                return true;
            });
        }

        for (var version = pool.Base.Version + 1; version <= pool.Head.Version; version++)
        {
            var line = await NextAsync($"version {version} of pool {pool.Name}");
            Judge(line, replay, version);
        }

        return Judge(default, _ => replay.End());
    }

    /// <summary>The line of an event; apart, because there may be very many.</summary>
    private void Judge(ReadOnlyMemory<byte> line, PoolAudit replay, long version)
    {
        try
        {
            var stored = Field(line, "bytes");
            var happened = EventCodec.Read(stored);
            replay.Extend(stored);
            Same(_lines.Event(replay.Pool, version, happened, stored, replay.Hash), line);
            replay.Take(happened);
        }
        catch (Exception error) when (error is not AuditFlawException)
        {
            throw new AuditFlawException(Text(error));
        }
    }

    private async Task ReadTrailerAsync(AuditHeader header)
    {
        var digest = _digest.GetCurrentHash();
        var lines = _line;
        Judge(await NextAsync("the last line"), line =>
        {
            var signature = HexOrNull(line, "signature");
            Same(_lines.Trailer(lines, digest, signature), line);
            if (header.PublicKey is not { } key)
            {
                return signature is null ? true : throw new AuditFlawException("the export is signed, but its first line names no key");
            }

            return signature is { } signed && _trust.Check(key.Span, AuditExport.Signed(header.Cluster, digest), signed.Span)
                ? true
                : throw new AuditFlawException("the signature is not that of the key which the first line names");
        });
        if (await _reader.ReadAsync(_stop) is not null)
        {
            _line++;
            throw new AuditFlawException("a line follows the last one");
        }
    }

    private void CheckHeader(AuditHeader header)
    {
        if (_trust.Pinned.Count > 0 && !IsPinned(header))
        {
            throw new AuditFlawException(header.PublicKey is { } key
                ? $"the export is signed with the key {Convert.ToHexStringLower(key.Span)}, which is not the one that is trusted"
                : "the export is not signed, but a key was named that it must be signed with");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pool in header.Pools)
        {
            if (!names.Add(pool.Name.Value) || pool.BaseParts < 0 || pool.Base.Version < 0 || pool.Base.Version > pool.Head.Version
                || (pool.Base.Version == 0) != (pool.BaseParts == 0))
            {
                throw new AuditFlawException($"what the first line says of pool {pool.Name} cannot be");
            }
        }
    }

    private bool IsPinned(AuditHeader header) =>
        header.PublicKey is { } key && _trust.Pinned.Any(trusted => trusted.Span.SequenceEqual(key.Span));

    /// <summary>The line that must come next.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> NextAsync(string what)
    {
        _line++;
        var line = await _reader.ReadAsync(_stop) ?? throw new AuditFlawException($"the export ends where {what} should come");
        _digest.AppendData(line.Span);
        return line;
    }

    /// <summary>Whatever goes wrong while a line is looked at is wrong with the line.</summary>
    private static T Judge<T>(ReadOnlyMemory<byte> line, Func<ReadOnlyMemory<byte>, T> look)
    {
        try
        {
            return look(line);
        }
        catch (Exception error) when (error is not AuditFlawException)
        {
            throw new AuditFlawException(Text(error));
        }
    }

    private static string Text(Exception error) => error is JsonException or KeyNotFoundException or FormatException
        ? $"the line is not what must come here: {error.Message}"
        : error.Message;

    private static void Same(ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> line)
    {
        if (!expected.Span.SequenceEqual(line.Span))
        {
            var place = expected.Span.CommonPrefixLength(line.Span);
            throw new AuditFlawException($"the line is not the one that must come here, or was changed: it differs from byte {place + 1} on");
        }
    }

    private static byte[] Field(ReadOnlyMemory<byte> line, string name)
    {
        var json = At(line, name);
        return json.TokenType == JsonTokenType.String ? json.GetBytesFromBase64() : throw new AuditFlawException($"the line has no {name}");
    }

    private static byte[] Hex(ReadOnlyMemory<byte> line, string name) =>
        HexOrNull(line, name)?.ToArray() ?? throw new AuditFlawException($"the line has no {name}");

    private static ReadOnlyMemory<byte>? HexOrNull(ReadOnlyMemory<byte> line, string name)
    {
        var json = At(line, name);
        return json.TokenType == JsonTokenType.Null ? default(ReadOnlyMemory<byte>?) : Convert.FromHexString(json.GetString()!);
    }

    /// <summary>The reader at the value of a property of the line's object.</summary>
    private static Utf8JsonReader At(ReadOnlyMemory<byte> line, string name)
    {
        var json = new Utf8JsonReader(line.Span);
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1)
            {
                var found = json.ValueTextEquals(name);
                json.Read();
                if (found)
                {
                    return json;
                }

                json.Skip();
            }
        }

        throw new AuditFlawException($"the line is not the one that must come here: it has no {name}");
    }

    private AuditVerdict Verdict(string? flaw) => new(
        flaw, flaw is null ? 0 : _line, _header?.Cluster ?? string.Empty, _header?.TimeMs ?? 0, _header?.PublicKey,
        _header is not null && IsPinned(_header), _line, _trail?.Count ?? 0, _trail?.Found ?? 0, _trail?.CutOff ?? 0, _proofs);
}
