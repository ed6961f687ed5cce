namespace Berth.Runtime.Audit;

/// <summary>Reads a stream line by line into one buffer, which grows with the longest line.</summary>
internal sealed class LineReader(Stream source)
{
    /// <summary>The longest line: the first line of an export with some 300,000 pools.</summary>
    private const int MaxLineBytes = 128 << 20;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;

    /// <summary>
    /// The next line with its newline, valid until the next call; null: there is none. Throws <see cref="AuditFlawException"/> when the
    /// last line has no newline or one is too long.
    /// </summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken stop)
    {
        var seen = 0;
        while (true)
        {
            var newline = _buffer.AsSpan(_start + seen, _end - _start - seen).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                var line = _buffer.AsMemory(_start, seen + newline + 1);
                _start += line.Length;
                return line;
            }

            seen = _end - _start;
            MakeRoom();
            var read = await source.ReadAsync(_buffer.AsMemory(_end), stop);
            _end += read;
            if (read == 0)
            {
                return seen == 0 ? null : throw new AuditFlawException("the line is cut short");
            }
        }
    }

    private void MakeRoom()
    {
        if (_end < _buffer.Length)
        {
            return;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        }
        else if (_buffer.Length < MaxLineBytes)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        else
        {
            throw new AuditFlawException($"the line has more than {MaxLineBytes} bytes");
        }

        _end -= _start;
        _start = 0;
    }
}
