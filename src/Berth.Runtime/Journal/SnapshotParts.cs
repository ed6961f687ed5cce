using Berth.Pools;

namespace Berth.Runtime.Journal;

/// <summary>
/// A pool's image cut into parts of a known number: each holds as many entries as surely fit, by the longest one there is.
/// </summary>
internal sealed class SnapshotParts
{
    /// <summary>What an entry takes besides its texts, at the most: marks, numbers and the texts' lengths.</summary>
    private const int EntryOverhead = 128;

    private readonly PoolImage _image;
    private readonly Claim[] _claims;
    private readonly ByteWriter _bytes = new();
    private readonly int _entriesPerPart;

    public SnapshotParts(PoolImage image)
    {
        _image = image;

        // By number, so that a state that is built from them lists the holders of a license in the order of their grants.
        _claims = [.. image.Claims];
        Array.Sort(_claims, (one, other) => one.Number.CompareTo(other.Number));
        _entriesPerPart = (SnapshotPart.MaxBytes - EventFrames.MaxEventBytes) / LongestEntry(image);
        Count = Math.Max(1, (Entries + _entriesPerPart - 1) / _entriesPerPart);
    }

    public int Count { get; }

    private int Entries => _image.Licenses.Count + _claims.Length + _image.CoolDowns.Count + _image.Lapsed.Count;

    /// <summary>The bytes of one part, valid until the next is asked for; the first also holds the header.</summary>
    public ReadOnlyMemory<byte> Encode(int index)
    {
        var to = _bytes;
        to.Clear();
        SnapshotCodec.Begin(to);
        if (index == 0)
        {
            SnapshotCodec.WriteHeader(to, _image.Header);
        }

        var end = Math.Min(Entries, (index + 1) * _entriesPerPart);
        for (var entry = index * _entriesPerPart; entry < end; entry++)
        {
            Write(to, entry);
        }

        return to.Written;
    }

    private void Write(ByteWriter to, int entry)
    {
        if (entry < _image.Licenses.Count)
        {
            SnapshotCodec.WriteLicense(to, _image.Licenses[entry]);
        }
        else if ((entry -= _image.Licenses.Count) < _claims.Length)
        {
            SnapshotCodec.WriteClaim(to, _claims[entry]);
        }
        else if ((entry -= _claims.Length) < _image.CoolDowns.Count)
        {
            SnapshotCodec.WriteCoolDown(to, _image.CoolDowns[entry]);
        }
        else
        {
            SnapshotCodec.WriteLapsed(to, _image.Lapsed[entry - _image.CoolDowns.Count]);
        }
    }

    private static int LongestEntry(PoolImage image)
    {
        // A UTF-16 unit takes at most three bytes of UTF-8.
        var longest = 0;
        foreach (var license in image.Licenses)
        {
            longest = Math.Max(longest, license.Id.Value.Length * 3);
        }

        foreach (var claim in image.Claims)
        {
            var own = claim.Node.Value.Length + (claim.ClaimKey?.Length ?? 0);
            var holder = (claim.Holder?.User?.Length ?? 0) + (claim.Holder?.Host?.Length ?? 0);
            longest = Math.Max(longest, (own + holder + claim.License.Id.Value.Length) * 3);
        }

        foreach (var note in image.CoolDowns.Concat(image.Lapsed))
        {
            longest = Math.Max(longest, (note.Node.Value.Length + note.License.Value.Length + note.Text.Length) * 3);
        }

        return longest + EntryOverhead;
    }
}
