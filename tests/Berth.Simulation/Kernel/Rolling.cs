namespace Berth.Simulation.Kernel;

/// <summary>A 64-bit hash that is the same in every process, unlike that of <see cref="string.GetHashCode()"/>.</summary>
internal static class Rolling
{
    public const ulong Start = 0xCBF29CE484222325;

    public static ulong With(ulong hash, ulong value)
    {
        hash = (hash ^ value) * 0x9FB21C651E98DF25;
        return hash ^ (hash >> 32);
    }

    public static ulong With(ulong hash, ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            hash = (hash ^ letter) * 0x100000001B3;
        }

        return With(hash, (ulong)text.Length);
    }

    public static ulong Of(ReadOnlySpan<char> text) => With(Start, text);
}
