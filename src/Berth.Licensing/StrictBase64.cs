using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Berth.Licensing;

/// <summary>
/// Standard, padded base64 in its one canonical spelling. The framework refuses stray bits before the padding but takes blanks
/// anywhere, with which two different files would say the same.
/// </summary>
internal static class StrictBase64
{
    private static readonly SearchValues<byte> s_blanks = SearchValues.Create(" \t\r\n"u8);

    public static bool TryDecode(ReadOnlySpan<byte> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length % 4 != 0 || text.ContainsAny(s_blanks))
        {
            return false;
        }

        var buffer = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, buffer, out var consumed, out var written) != OperationStatus.Done || consumed != text.Length)
        {
            return false;
        }

        bytes = buffer[..written];
        return true;
    }

    public static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes) => TryDecode(Encoding.UTF8.GetBytes(text), out bytes);

    /// <summary>Decodes base64 that is wrapped at any width with LF or CRLF.</summary>
    public static bool TryDecodeWrapped(ReadOnlySpan<byte> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        var unwrapped = new byte[text.Length];
        var length = 0;
        foreach (var character in text)
        {
            if (character is not ((byte)'\r' or (byte)'\n'))
            {
                unwrapped[length++] = character;
            }
        }

        return TryDecode(unwrapped.AsSpan(0, length), out bytes);
    }
}
