using System.Text;

namespace Berth.Runtime.Journal;

/// <summary>Reads what <see cref="ByteWriter"/> wrote. Throws <see cref="InvalidDataException"/> on anything else.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    public byte Byte()
    {
        return Take(1)[0];
    }

    public long Signed()
    {
        var raw = Unsigned();
        return (long)(raw >> 1) ^ -(long)(raw & 1);
    }

    public ulong Unsigned()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A stored number is longer than ten bytes: the journal is damaged; restore a backup.");
    }

    /// <summary>A number that fits 32 bits.</summary>
    public int Number()
    {
        var value = Signed();
        return value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw new InvalidDataException($"A stored number is {value}, which is too large: the journal is damaged; restore a backup.");
    }

    public long? Optional() => Byte() == 0 ? null : Signed();

    public string? Text()
    {
        var length = Unsigned();
        return length == 0 ? null : Encoding.UTF8.GetString(Take(length - 1));
    }

    public string RequiredText() => Encoding.UTF8.GetString(RequiredBytes());

    /// <summary>The UTF-8 of a text that must be there.</summary>
    public ReadOnlySpan<byte> RequiredBytes() => Unsigned() is var length and > 0
        ? Take(length - 1)
        : throw new InvalidDataException("A stored name is missing: the journal is damaged; restore a backup.");

    /// <summary>Everything must have been read.</summary>
    public readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw new InvalidDataException($"{_rest.Length} bytes follow a stored event: the journal is damaged; restore a backup.");
        }
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
        {
            throw new InvalidDataException(
                $"A stored event ends early ({count} bytes wanted, {_rest.Length} there): the journal is damaged; restore a backup.");
        }

        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
