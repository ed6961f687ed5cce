using System.Buffers.Binary;

namespace Berth.Runtime.Journal;

/// <summary>The events inside a stored batch: each is a length of two bytes, little-endian, and that many bytes.</summary>
public readonly struct EventFrames(ReadOnlyMemory<byte> batch)
{
    /// <summary>The most that one event takes, in bytes.</summary>
    public const int MaxEventBytes = 4096;

    /// <summary>Bytes of the length before each event.</summary>
    public const int LengthBytes = 2;

    /// <summary>Walks the events in order.</summary>
    public Enumerator GetEnumerator() => new(batch);

    /// <summary>A position in a batch.</summary>
    public struct Enumerator(ReadOnlyMemory<byte> rest)
    {
        private ReadOnlyMemory<byte> _rest = rest;

        /// <summary>The bytes of the event.</summary>
        public ReadOnlyMemory<byte> Current { get; private set; }

        /// <summary>Goes to the next event. Throws <see cref="InvalidDataException"/> when the batch is cut short.</summary>
        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            var length = _rest.Length < LengthBytes ? int.MaxValue : BinaryPrimitives.ReadUInt16LittleEndian(_rest.Span);
            if (length > MaxEventBytes || length > _rest.Length - LengthBytes)
            {
                throw new InvalidDataException(
                    $"A stored batch ends in the middle of an event ({_rest.Length} bytes left): the journal is damaged; restore a backup.");
            }

            Current = _rest.Slice(LengthBytes, length);
            _rest = _rest[(LengthBytes + length)..];
            return true;
        }
    }
}
