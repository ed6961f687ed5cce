using System.Text;
using System.Text.Unicode;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Routing;

/// <summary>
/// Reads the fields of a message between members. A member is believed, its bytes are not: texts are well-formed UTF-8 and fit their
/// types, lists are as long as their rules allow, and nothing is set aside for bytes that are not there. Throws
/// <see cref="InvalidDataException"/> on anything else.
/// </summary>
internal ref struct HopReader(ReadOnlySpan<byte> message)
{
    private ByteReader _from = new(message, ByteSource.Message);

    public byte Byte() => _from.Byte();

    public long Signed() => _from.Signed();

    /// <summary>A number that fits 32 bits.</summary>
    public int Number() => _from.Number();

    public int Shard() => _from.Number() is >= 0 and < Ownership.Shards.Count and var shard
        ? shard
        : throw Flaw($"a shard is not one of {Ownership.Shards.Count}");

    public bool Flag() => _from.Byte() switch
    {
        0 => false,
        1 => true,
        var other => throw Flaw($"a yes or no is {other}"),
    };

    public long? Optional() => Flag() ? _from.Signed() : null;

    /// <summary>A text that must be there.</summary>
    public string Text(int maxBytes) => Decode(_from.RequiredBytes(), maxBytes);

    public string? OptionalText(int maxBytes) => _from.TryBytes(out var utf8) ? Decode(utf8, maxBytes) : null;

    public Fingerprint Node() => new(Name(_from.RequiredBytes(), Fingerprint.MaxBytes));

    public Fingerprint? OptionalNode() =>
        _from.TryBytes(out var utf8) ? new Fingerprint(Name(utf8, Fingerprint.MaxBytes)) : null;

    public PoolName Pool()
    {
        var utf8 = _from.RequiredBytes();
        if (utf8.SequenceEqual("-"u8))
        {
            return PoolName.Global;
        }

        return new PoolName(Name(utf8, PoolName.MaxBytes));
    }

    public LicenseId License() => new(Name(_from.RequiredBytes(), LicenseId.MaxBytes));

    public LicenseId? OptionalLicense() =>
        _from.TryBytes(out var utf8) ? new LicenseId(Name(utf8, LicenseId.MaxBytes)) : null;

    public string? ClaimKey() => _from.TryBytes(out var utf8) ? Name(utf8, HopFormat.MaxClaimKeyBytes) : null;

    public Who Who()
    {
        var actor = Actor();
        var address = OptionalText(HopFormat.MaxWhoBytes);
        var user = OptionalText(HopFormat.MaxWhoBytes);
        var host = OptionalText(HopFormat.MaxWhoBytes);
        return (actor, address, user, host) switch
        {
            (null, null, null, null) => Berth.Pools.Who.Nobody,
            ("member", null, null, null) => Berth.Pools.Who.Member,
            _ => new Who(actor, address, user, host),
        };
    }

    /// <summary>The bytes of a license file, copied: they outlive the message.</summary>
    public byte[] File() => _from.RequiredBytes() is { Length: > 0 and <= HopFormat.MaxFileBytes } file
        ? file.ToArray()
        : throw Flaw($"a license file has not 1 to {HopFormat.MaxFileBytes} bytes");

    /// <summary>Bytes that mean something to whoever asked, copied.</summary>
    public byte[] Note() => _from.RequiredBytes() is { Length: > 0 and <= HopFormat.MaxNoteBytes } note
        ? note.ToArray()
        : throw Flaw($"a note has not 1 to {HopFormat.MaxNoteBytes} bytes");

    /// <summary>How many items a list has. Each takes at least a byte.</summary>
    public int Count(int most)
    {
        var count = _from.Unsigned();
        return count <= (ulong)most && count <= (ulong)_from.Left
            ? (int)count
            : throw Flaw($"a list of {count} is longer than {most}, or than the {_from.Left} bytes that follow");
    }

    /// <summary>Everything must have been read.</summary>
    public readonly void End() => _from.End();

    public static InvalidDataException Flaw(string what) => new($"In a member's message {what}: it is damaged, or of a newer Berth.");

    /// <summary>Almost every actor is a node: one text for all of them.</summary>
    private string? Actor()
    {
        if (!_from.TryBytes(out var utf8))
        {
            return null;
        }

        return utf8.SequenceEqual("node"u8) ? "node" : Decode(utf8, HopFormat.MaxWhoBytes);
    }

    /// <summary>
    /// A text by which something is told apart from everything else: never empty, no control characters. A writer makes U+FFFD of
    /// what is no character, so that is refused too: two names would become one.
    /// </summary>
    private static string Name(ReadOnlySpan<byte> utf8, int maxBytes) => Decode(utf8, maxBytes) is var text && Fingerprint.IsValid(text)
        ? text
        : throw Flaw("a name is empty or holds what no name may");

    private static string Decode(ReadOnlySpan<byte> utf8, int maxBytes)
    {
        if (utf8.Length > maxBytes)
        {
            throw Flaw($"a text has {utf8.Length} bytes, and {maxBytes} at the most may stand there");
        }

        // What is not UTF-8 would become other text without a word.
        return Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : throw Flaw("a text is not UTF-8");
    }
}
