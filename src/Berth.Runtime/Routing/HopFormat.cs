using System.Diagnostics;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;

namespace Berth.Runtime.Routing;

/// <summary>
/// Messages between members to bytes and back. A message is format (1 byte), kind (1 byte), then the fields of its kind, with
/// nothing behind them; a message of another format is refused. Reading throws <see cref="InvalidDataException"/> on anything that
/// is not such a message, and what was read keeps nothing of its bytes.
/// </summary>
internal static class HopFormat
{
    /// <summary>Room for the hops that are many: claims, releases and their answers.</summary>
    public const int UsualBytes = 256;

    /// <summary>
    /// The largest request, in bytes. A management request has at most 32 MiB and carries its license files as base64: at most
    /// 24 MiB of files, so what one member took in always fits what it sends on.
    /// </summary>
    public const int MaxRequestBytes = 32 << 20;

    /// <summary>
    /// The largest response, in bytes. The longest is a page of licenses: <see cref="ViewCodec.MaxHolders"/> holders of about
    /// 1,200 bytes with their names as long as can be, and 1,000 licenses of about 250, make 7.5 MB.
    /// </summary>
    public const int MaxResponseBytes = 8 << 20;

    /// <summary>The largest license file, in bytes.</summary>
    public const int MaxFileBytes = 1 << 20;

    /// <summary>The longest note, in bytes: an account of all shards takes less than a sixth of it.</summary>
    public const int MaxNoteBytes = 64 << 10;

    /// <summary>The longest part of a <see cref="Who"/>, in bytes of UTF-8.</summary>
    public const int MaxWhoBytes = 256;

    /// <summary>The longest claim key, in bytes of UTF-8.</summary>
    public const int MaxClaimKeyBytes = 256;

    /// <summary>The most seats that one license gives.</summary>
    public const int MaxSeats = 1_000_000;

    private const byte Format = 1;

    /// <summary>The kind byte of a response: beside the numbers of <see cref="HopKind"/>, so that neither is taken for the other.</summary>
    private const byte ResponseKind = 128;

    public static void Write(ByteWriter to, HopRequest request)
    {
        var start = to.Length;
        to.Byte(Format);
        to.Byte((byte)request.Kind);
        to.Signed(request.From.Value);
        to.Signed(request.Number);
        to.Signed(request.To.Value);
        to.Signed(request.NotAfterMs);
        switch (request)
        {
            case { Kind: HopKind.Call, Command: { } command }:
                to.Text(request.Pool.Value);
                CommandCodec.Write(to, command);
                WriteRows(to, start, request, command);
                break;
            case { Kind: HopKind.Hello or HopKind.Look or HopKind.Describe, Command: null, Rows.Count: 0, Order: null }:
                break;
            case { Kind: HopKind.Move or HopKind.Keep, Command: null, Rows.Count: 0, Order: { } order }:
                order.Write(to);
                break;
            default:
                throw new UnreachableException($"A hop of kind {request.Kind} is no call with a command, none about a shard, nor one without anything.");
        }

        Fit(to, start, MaxRequestBytes);
    }

    public static void Write(ByteWriter to, HopResponse response)
    {
        var start = to.Length;
        to.Byte(Format);
        to.Byte(ResponseKind);
        to.Signed(response.At.Value);
        to.Signed(response.NowMs);
        to.Signed(response.Epoch.Value);
        if (response.FileNumber != 0)
        {
            to.Byte((byte)ReplyKind.WithFile);
            to.Signed(response.FileNumber);
        }

        if (response.WallMs is { } wallMs)
        {
            to.Byte((byte)ReplyKind.WithWallClock);
            to.Signed(wallMs);
        }

        if (!response.Note.IsEmpty)
        {
            to.Byte((byte)ReplyKind.WithNote);
            to.Bytes(response.Note.Span);
        }

        ReplyCodec.Write(to, response.Reply);
        Fit(to, start, MaxResponseBytes);
    }

    /// <summary>Reads a request. What is not a call has the global pool, no command and no license files.</summary>
    public static HopRequest ReadRequest(ReadOnlyMemory<byte> message)
    {
        var from = Begin(message, MaxRequestBytes);
        var kind = (HopKind)from.Byte();
        if (!Enum.IsDefined(kind))
        {
            throw HopReader.Flaw($"the kind is {(int)kind}, which no request has");
        }

        var sender = new Incarnation(from.Signed());
        var number = from.Signed();
        var receiver = new Incarnation(from.Signed());
        var notAfterMs = from.Signed();
        var pool = PoolName.Global;
        PoolCommand? command = null;
        IReadOnlyList<LicenseRow> rows = [];
        if (kind is HopKind.Call)
        {
            pool = from.Pool();
            command = CommandCodec.Read(ref from);
            rows = ReadRows(ref from, pool, command);
        }

        ShardOrder? order = kind is HopKind.Move or HopKind.Keep ? ShardOrder.Read(ref from) : null;
        from.End();
        return new HopRequest(kind, sender, number, receiver, notAfterMs, pool, command, rows) { Order = order };
    }

    /// <summary>
    /// Reads a response. Where that fails, the command has been sent and may have been done: its caller is told
    /// <see cref="Unknown"/>, also where a newer member answers with a reply that is not known here.
    /// </summary>
    public static HopResponse ReadResponse(ReadOnlyMemory<byte> message)
    {
        var from = Begin(message, MaxResponseBytes);
        if (from.Byte() is var kind && kind != ResponseKind)
        {
            throw HopReader.Flaw($"the kind is {kind}, which no response has");
        }

        var response = ReadReply(ref from, new HopResponse(
            new Incarnation(from.Signed()), from.Signed(), new Epoch(from.Signed()), Unknown.Instance));
        from.End();
        return response;
    }

    /// <summary>The reply, with what may stand before it: each once, in this order.</summary>
    private static HopResponse ReadReply(ref HopReader from, HopResponse response)
    {
        var kind = (ReplyKind)from.Byte();
        if (kind == ReplyKind.WithFile)
        {
            response = response with { FileNumber = from.Signed() is not 0 and var file ? file : throw HopReader.Flaw("a file has the number 0") };
            kind = (ReplyKind)from.Byte();
        }

        if (kind == ReplyKind.WithWallClock)
        {
            response = response with { WallMs = from.Signed() };
            kind = (ReplyKind)from.Byte();
        }

        if (kind == ReplyKind.WithNote)
        {
            response = response with { Note = from.Note() };
            kind = (ReplyKind)from.Byte();
        }

        return response with { Reply = ReplyCodec.Read(kind, ref from) };
    }

    private static HopReader Begin(ReadOnlyMemory<byte> message, int maxBytes)
    {
        if (message.Length > maxBytes)
        {
            throw new InvalidDataException($"A member's message has {message.Length} bytes; the limit is {maxBytes}.");
        }

        var from = new HopReader(message.Span);
        return from.Byte() is var format && format == Format
            ? from
            : throw new InvalidDataException(
                $"A member's message has format {format}; this Berth knows format {Format}: run the same version on all members.");
    }

    /// <summary>The license files: id, file, key. Their pool is the call's, so it is not written; a row of another would be lost.</summary>
    private static void WriteRows(ByteWriter to, int start, HopRequest call, PoolCommand command)
    {
        HopFields.Count(to, call.Rows.Count, MostRows(command));
        foreach (var row in call.Rows)
        {
            if (row.Pool != call.Pool || row.File.Length is 0 or > MaxFileBytes)
            {
                throw new UnreachableException(
                    $"The file of license {row.Id} has {row.File.Length} bytes and is of pool {row.Pool}, in a call for pool {call.Pool}.");
            }

            to.Text(row.Id.Value);
            to.Bytes(row.File.Span);
            to.Text(row.Key);
            Fit(to, start, MaxRequestBytes);
        }
    }

    private static IReadOnlyList<LicenseRow> ReadRows(ref HopReader from, PoolName pool, PoolCommand command)
    {
        var count = from.Count(MostRows(command));
        if (count == 0)
        {
            return [];
        }

        var rows = new LicenseRow[count];
        for (var i = 0; i < count; i++)
        {
            rows[i] = new LicenseRow(from.License(), pool, from.File(), from.Text(MaxRequestBytes));
        }

        return rows;
    }

    private static int MostRows(PoolCommand command) => command switch
    {
        AddLicenses or ImportLicenses => AddLicenses.MaxLicenses,
        ChangeLicense => 1,
        _ => 0,
    };

    /// <summary>Throws, and takes back what was written, where a message has become too large.</summary>
    private static void Fit(ByteWriter to, int start, int maxBytes)
    {
        var length = to.Length - start;
        if (length > maxBytes)
        {
            to.CutTo(start);
            throw new InvalidOperationException($"A message to another member takes {length} bytes; the limit is {maxBytes}.");
        }
    }
}
