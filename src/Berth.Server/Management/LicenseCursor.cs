using System.Globalization;

namespace Berth.Server.Management;

/// <summary>Where a page of licenses begins: after a place of a pool's import order. Written <c>place:pool</c>.</summary>
internal readonly record struct LicenseCursor(string Pool, int AfterSlot)
{
    /// <summary>Reads what <see cref="ToString"/> wrote; null is the start.</summary>
    public static bool TryRead(string? text, out LicenseCursor cursor)
    {
        cursor = new LicenseCursor(string.Empty, -1);
        if (text is null)
        {
            return true;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || !int.TryParse(text.AsSpan(0, colon), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var slot))
        {
            return false;
        }

        cursor = new LicenseCursor(text[(colon + 1)..], slot);
        return slot >= -1;
    }

    public override string ToString() => $"{AfterSlot}:{Pool}";
}
