using System.Buffers.Binary;
using System.Text;

namespace Berth.Runtime.Journal;

/// <summary>A growing buffer that events and snapshots are written into. Kept and cleared, not made anew.</summary>
internal sealed class ByteWriter(int capacity = 4096)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Forgets all that was written after a length seen before.</summary>
    public void CutTo(int length) => Length = length;

    public void Byte(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    /// <summary>Zigzag, then seven bits a byte, low ones first.</summary>
    public void Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    public void Unsigned(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _bytes[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[Length++] = (byte)value;
    }

    /// <summary>One byte for whether it is there, then the value.</summary>
    public void Optional(long? value)
    {
        Byte(value is null ? (byte)0 : (byte)1);
        if (value is { } there)
        {
            Signed(there);
        }
    }

    /// <summary>Length in bytes plus one (0: none), then UTF-8.</summary>
    public void Text(string? text)
    {
        if (text is null)
        {
            Byte(0);
            return;
        }

        Unsigned((ulong)Encoding.UTF8.GetByteCount(text) + 1);
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
    }

    /// <summary>Length plus one, then the bytes: what a reader takes for the bytes of a text.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Unsigned((ulong)bytes.Length + 1);
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public int BeginFrame()
    {
        Reserve(EventFrames.LengthBytes);
        Length += EventFrames.LengthBytes;
        return Length;
    }

    /// <summary>Fills in the length of the frame that began at <paramref name="start"/>.</summary>
    public void EndFrame(int start)
    {
        var length = Length - start;
        if (length > EventFrames.MaxEventBytes)
        {
            throw new InvalidOperationException($"An event takes {length} bytes; the limit is {EventFrames.MaxEventBytes}.");
        }

        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(start - EventFrames.LengthBytes), (ushort)length);
    }

    private void Reserve(int more)
    {
        if (Length + more > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + more));
        }
    }
}
