using System.Buffers.Text;
using System.Text;

namespace Berth.Server.Management;

/// <summary>
/// Where a page over several pools begins: in a pool, after some place of it. Written as one word that means nothing to whoever
/// carries it.
/// </summary>
/// <param name="Pool">The pool; empty: the first.</param>
/// <param name="Place">The place in the pool; empty: its beginning.</param>
internal readonly record struct PoolCursor(string Pool, params IReadOnlyList<string> Place)
{
    private const char Between = '\n';

    /// <summary>Reads what <see cref="ToString"/> wrote, with this many parts of the place, or none; null is the start.</summary>
    public static bool TryRead(string? text, int parts, out PoolCursor cursor)
    {
        cursor = new PoolCursor(string.Empty);
        if (text is null)
        {
            return true;
        }

        try
        {
            var words = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(Between);
            cursor = new PoolCursor(words[0], words[1..]);
            return words[0].Length > 0 && (words.Length == 1 || words.Length == parts + 1);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Names of pools and nodes have no control characters, so that a line end comes between.</summary>
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join(Between, Place.Prepend(Pool))));
}
