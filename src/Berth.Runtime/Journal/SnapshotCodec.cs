using Berth.Pools;

namespace Berth.Runtime.Journal;

/// <summary>
/// A pool's image to snapshot parts and back. A part is layout (1 byte), then entries, each behind its mark:
/// the header, licenses in import order, claims by number, notes of nodes that hold nothing. Parts can be read one by one, in
/// order. Layout 1 has no notes, and its claims are in no order.
/// </summary>
internal static class SnapshotCodec
{
    private const byte Layout = 2;
    private const byte FirstLayout = 1;
    private const byte HeaderMark = 1;
    private const byte LicenseMark = 2;
    private const byte ClaimMark = 3;
    private const byte CoolDownMark = 4;
    private const byte LapsedMark = 5;

    /// <summary>Starts a part.</summary>
    public static void Begin(ByteWriter to) => to.Byte(Layout);

    /// <summary>Loads one part into a state that began empty.</summary>
    public static void Read(PoolState state, ReadOnlySpan<byte> part)
    {
        var from = new ByteReader(part);
        var known = new KnownNames(state);
        if (from.Byte() is var layout && layout is not (Layout or FirstLayout))
        {
            throw new InvalidDataException($"A snapshot has layout {layout}; this Berth knows {Layout}: run the version that wrote it.");
        }

        while (!from.AtEnd)
        {
            switch (from.Byte())
            {
                case HeaderMark: ReadHeader(state, ref from); break;
                case LicenseMark: ReadLicense(state, ref from); break;
                case ClaimMark: ReadClaim(state, known, ref from); break;
                case CoolDownMark: state.LoadCoolDown(ReadNote(ref from)); break;
                case LapsedMark: state.LoadLapsed(ReadNote(ref from)); break;
                case var mark: throw new InvalidDataException($"A snapshot holds an entry of kind {mark}, which is not known.");
            }
        }
    }

    public static void WriteHeader(ByteWriter to, PoolHeader header)
    {
        to.Byte(HeaderMark);
        to.Text(header.Name);
        to.Signed(header.Version);
        to.Signed(header.Grants);
        to.Signed(header.LongestTtlMs);
        EventCodec.WriteException(to, header.Exception);
        WritePolicy(to, header.ClusterPolicy);
        WritePolicy(to, header.Adopted);
    }

    private static void ReadHeader(PoolState state, ref ByteReader from) => state.Load(new PoolHeader(
        from.RequiredText(),
        from.Signed(),
        from.Signed(),
        from.Signed(),
        EventCodec.ReadException(ref from),
        ReadPolicy(ref from),
        ReadPolicy(ref from)));

    public static void WriteLicense(ByteWriter to, LicenseImage license)
    {
        to.Byte(LicenseMark);
        to.Text(license.Id.Value);
        to.Signed(license.Seats);
        to.Optional(license.ExpiryMs);
        to.Signed(license.AddedWallMs);
        to.Byte(license.Retired ? (byte)1 : (byte)0);
        to.Signed(license.Claims);
        to.Signed(license.LastClaimedMs);
        to.Signed(license.LastReleasedMs);
    }

    private static void ReadLicense(PoolState state, ref ByteReader from) => state.Load(new LicenseImage(
        new LicenseId(from.RequiredText()),
        from.Number(),
        from.Optional(),
        from.Signed(),
        from.Byte() != 0,
        from.Signed(),
        from.Signed(),
        from.Signed()));

    public static void WriteClaim(ByteWriter to, Claim claim)
    {
        to.Byte(ClaimMark);
        to.Text(claim.Node.Value);
        to.Text(claim.License.Id.Value);
        to.Signed(claim.Number);
        to.Signed(claim.Version);
        to.Signed(claim.GrantedWallMs);
        to.Text(claim.ClaimKey);
        to.Text(claim.Holder?.User);
        to.Text(claim.Holder?.Host);
    }

    private static void ReadClaim(PoolState state, KnownNames known, ref ByteReader from) => state.Load(new ClaimImage(
        new Fingerprint(from.RequiredText()),
        known.License(from.RequiredBytes()),
        from.Signed(),
        from.Signed(),
        from.Signed(),
        from.Text(),
        from.Text(),
        from.Text()));

    public static void WriteCoolDown(ByteWriter to, NodeNote note) => WriteNote(to, CoolDownMark, note);

    public static void WriteLapsed(ByteWriter to, NodeNote note) => WriteNote(to, LapsedMark, note);

    private static void WriteNote(ByteWriter to, byte mark, NodeNote note)
    {
        to.Byte(mark);
        to.Text(note.Node.Value);
        to.Text(note.License.Value);
        to.Signed(note.LengthMs);
        to.Signed(note.UntilWallMs);
        to.Text(note.Text);
    }

    private static NodeNote ReadNote(ref ByteReader from) => new(
        new Fingerprint(from.RequiredText()), new LicenseId(from.RequiredText()), from.Signed(), from.Signed(), from.RequiredText());

    private static void WritePolicy(ByteWriter to, Policy? policy)
    {
        to.Byte(policy is null ? (byte)0 : (byte)1);
        if (policy is not null)
        {
            EventCodec.WritePolicy(to, policy);
        }
    }

    private static Policy? ReadPolicy(ref ByteReader from) => from.Byte() == 0 ? null : EventCodec.ReadPolicy(ref from);
}
