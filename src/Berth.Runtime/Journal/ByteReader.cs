using System.Text;

namespace Berth.Runtime.Journal;

/// <summary>Reads what <see cref="ByteWriter"/> wrote. Throws <see cref="InvalidDataException"/> on anything else.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes, ByteSource source = ByteSource.Journal)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>How many bytes have not been read.</summary>
    public readonly int Left => _rest.Length;

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

        throw DamagedBytes.LongNumber(source);
    }

    /// <summary>A number that fits 32 bits.</summary>
    public int Number()
    {
        var value = Signed();
        return value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw DamagedBytes.LargeNumber(source, value);
    }

    public long? Optional() => Byte() == 0 ? null : Signed();

    public string? Text() => TryBytes(out var utf8) ? Encoding.UTF8.GetString(utf8) : null;

    public string RequiredText() => Encoding.UTF8.GetString(RequiredBytes());

    /// <summary>The UTF-8 of a text that must be there.</summary>
    public ReadOnlySpan<byte> RequiredBytes() => TryBytes(out var utf8) ? utf8 : throw DamagedBytes.MissingName(source);

    /// <summary>The UTF-8 of a text; false: there is none.</summary>
    public bool TryBytes(out ReadOnlySpan<byte> utf8)
    {
        var length = Unsigned();
        utf8 = length == 0 ? default : Take(length - 1);
        return length != 0;
    }

    /// <summary>Everything must have been read.</summary>
    public readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw DamagedBytes.Surplus(source, _rest.Length);
        }
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
        {
            throw DamagedBytes.EarlyEnd(source, count, _rest.Length);
        }

        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
