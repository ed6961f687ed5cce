using System.Text;
using Berth.Pools;

namespace Berth.Runtime.Journal;

/// <summary>
/// What a long replay reads again and again is made once: the id of a license that the state has, and the stamp that the
/// events of one turn share. A million claims name a hundred thousand licenses.
/// </summary>
internal sealed class KnownNames(PoolState state)
{
    private Stamp _last = new(0, 0, Who.Nobody);

    /// <summary>The license's own id where the state has the license.</summary>
    public LicenseId License(ReadOnlySpan<byte> utf8)
    {
        // A byte of UTF-8 makes one char at the most.
        Span<char> text = stackalloc char[LicenseId.MaxBytes];
        return utf8.Length <= text.Length && state.LicenseNamed(text[..Encoding.UTF8.GetChars(utf8, text)]) is { } license
            ? license.Id
            : new LicenseId(Encoding.UTF8.GetString(utf8));
    }

    /// <summary>The last stamp if it says the same.</summary>
    public Stamp Stamp(long atMs, long wallMs, Who who) =>
        _last = _last.AtMs == atMs && _last.WallMs == wallMs && _last.Who == who ? _last : new Stamp(atMs, wallMs, who);
}
