using System.Text;

namespace Berth.Pools;

/// <summary>The name of a pool: 1 to 128 bytes of UTF-8 without control characters. <c>-</c> is the global pool.</summary>
public readonly record struct PoolName(string Value)
{
    /// <summary>Longest name, in UTF-8 bytes.</summary>
    public const int MaxBytes = 128;

    /// <summary>The pool without a name. It always exists.</summary>
    public static readonly PoolName Global = new("-");

    /// <summary>True for the pool without a name.</summary>
    public bool IsGlobal => Value == "-";

    /// <summary>Says whether a stranger's text can be the name of a pool other than the global one.</summary>
    public static bool IsValid(string name) => name != "-" && WellFormedText.Fits(name, MaxBytes);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>What a node is known by: 1 to 512 bytes of UTF-8 without control characters, compared byte for byte.</summary>
public readonly record struct Fingerprint(string Value)
{
    /// <summary>Longest fingerprint, in UTF-8 bytes.</summary>
    public const int MaxBytes = 512;

    /// <summary>Says whether a decoded text can be a fingerprint.</summary>
    public static bool IsValid(string text) => WellFormedText.Fits(text, MaxBytes);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The id inside a license file (<c>data.id</c>): usually a UUID, at most 128 bytes.</summary>
public readonly record struct LicenseId(string Value)
{
    /// <summary>Longest id, in UTF-8 bytes.</summary>
    public const int MaxBytes = 128;

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The number of one ownership of a shard. It grows with every change of owner.</summary>
public readonly record struct Epoch(long Value);

/// <summary>The number of one opening of a pool's journal. It grows with every open.</summary>
public readonly record struct Opening(long Value);

internal static class WellFormedText
{
    /// <summary>1 to <paramref name="maxBytes"/> bytes as UTF-8, no control characters, no lone surrogates.</summary>
    public static bool Fits(string text, int maxBytes)
    {
        if (text.Length == 0 || text.Length > maxBytes)
        {
            return false;
        }

        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return true;
        }

        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            // EnumerateRunes yields U+FFFD for a lone surrogate; a genuine U+FFFD is refused with it.
            if (rune == Rune.ReplacementChar || Rune.IsControl(rune))
            {
                return false;
            }

            bytes += rune.Utf8SequenceLength;
        }

        return bytes <= maxBytes;
    }
}
