using System.Diagnostics;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Routing;

/// <summary>The numbers of replies on the wire. A number is never used again for something else.</summary>
internal enum ReplyKind : byte
{
    Granted = 1,
    Renewed = 2,
    Released = 3,
    NoSeatFree = 4,
    NotHeld = 5,
    NotOwner = 6,
    Busy = 7,
    Unknown = 8,
    NotWritten = 9,
    AlreadyHeld = 10,
    HeldElsewhere = 11,
    OtherClaimKey = 12,
    CoolingDown = 13,
    GrantsWithheld = 14,
    NoSuchPool = 15,
    SeatIsFree = 16,
    NextDeadline = 17,
    Changed = 18,
    DuplicateLicense = 19,
    NoSuchLicense = 20,
    PoolSummary = 21,
    HolderPage = 22,
    LicensePage = 23,

    /// <summary>No reply: a number of the license file stands before one.</summary>
    WithFile = 24,

    /// <summary>No reply: the wall clock of whoever answers stands before one.</summary>
    WithWallClock = 25,

    /// <summary>No reply: bytes for whoever asked stand before one.</summary>
    WithNote = 26,
}

/// <summary>
/// Replies to bytes and back: kind (1 byte), then the fields in the order of the record. A reply without fields is read as its one
/// instance. What shows a pool to people is written by <see cref="ViewCodec"/>.
/// </summary>
internal static class ReplyCodec
{
    public static void Write(ByteWriter to, PoolReply reply)
    {
        switch (reply)
        {
            case Granted r:
                to.Byte((byte)ReplyKind.Granted);
                to.Text(r.License.Value);
                to.Signed(r.TtlMs);
                to.Signed(r.Number);
                break;
            case Renewed r:
                to.Byte((byte)ReplyKind.Renewed);
                to.Text(r.License.Value);
                to.Signed(r.TtlMs);
                HopFields.Flag(to, r.Repeat);
                break;
            case NoSeatFree r:
                to.Byte((byte)ReplyKind.NoSeatFree);
                to.Byte((byte)r.Reason);
                break;
            case CoolingDown r:
                to.Byte((byte)ReplyKind.CoolingDown);
                to.Signed(r.ForMs);
                break;
            case NotWritten r:
                to.Byte((byte)ReplyKind.NotWritten);
                to.Text(r.Reason);
                break;
            case NextDeadline r:
                to.Byte((byte)ReplyKind.NextDeadline);
                to.Optional(r.InMs);
                break;
            case DuplicateLicense r:
                to.Byte((byte)ReplyKind.DuplicateLicense);
                to.Text(r.License?.Value);
                break;
            case NoSuchLicense r:
                to.Byte((byte)ReplyKind.NoSuchLicense);
                to.Text(r.License.Value);
                break;
            case PoolSummary or HolderPage or LicensePage:
                ViewCodec.Write(to, reply);
                break;
            default:
                to.Byte((byte)KindOf(reply));
                break;
        }
    }

    /// <summary>
    /// Reads a reply. One whose kind is not known is of a newer member, and what it means for the command nobody here can say: the caller
    /// takes the exception for <see cref="Unknown"/>, never for a refusal.
    /// </summary>
    public static PoolReply Read(ReplyKind kind, ref HopReader from) => kind switch
    {
        ReplyKind.Granted => new Granted(from.License(), from.Signed(), from.Signed()),
        ReplyKind.Renewed => new Renewed(from.License(), from.Signed(), from.Flag()),
        ReplyKind.Released => Released.Instance,
        ReplyKind.NoSeatFree => new NoSeatFree(ReasonOf(from.Byte())),
        ReplyKind.NotHeld => NotHeld.Instance,
        ReplyKind.NotOwner => NotOwner.Instance,
        ReplyKind.Busy => Busy.Instance,
        ReplyKind.Unknown => Unknown.Instance,
        ReplyKind.NotWritten => new NotWritten(from.Text(HopFormat.MaxResponseBytes)),
        ReplyKind.AlreadyHeld => AlreadyHeld.Instance,
        ReplyKind.HeldElsewhere => HeldElsewhere.Instance,
        ReplyKind.OtherClaimKey => OtherClaimKey.Instance,
        ReplyKind.CoolingDown => new CoolingDown(from.Signed()),
        ReplyKind.GrantsWithheld => GrantsWithheld.Instance,
        ReplyKind.NoSuchPool => NoSuchPool.Instance,
        ReplyKind.SeatIsFree => SeatIsFree.Instance,
        ReplyKind.NextDeadline => new NextDeadline(from.Optional()),
        ReplyKind.Changed => Changed.Instance,
        ReplyKind.DuplicateLicense => new DuplicateLicense(from.OptionalLicense()),
        ReplyKind.NoSuchLicense => new NoSuchLicense(from.License()),
        _ => ViewCodec.Read(kind, ref from),
    };

    private static ReplyKind KindOf(PoolReply reply) => reply switch
    {
        Released => ReplyKind.Released,
        NotHeld => ReplyKind.NotHeld,
        NotOwner => ReplyKind.NotOwner,
        Busy => ReplyKind.Busy,
        Unknown => ReplyKind.Unknown,
        AlreadyHeld => ReplyKind.AlreadyHeld,
        HeldElsewhere => ReplyKind.HeldElsewhere,
        OtherClaimKey => ReplyKind.OtherClaimKey,
        GrantsWithheld => ReplyKind.GrantsWithheld,
        NoSuchPool => ReplyKind.NoSuchPool,
        SeatIsFree => ReplyKind.SeatIsFree,
        Changed => ReplyKind.Changed,
        _ => throw new UnreachableException($"The reply {reply.GetType().Name} has no kind number: give it one."),
    };

    private static DenialReason ReasonOf(byte number) => number <= (byte)DenialReason.Expired
        ? (DenialReason)number
        : throw HopReader.Flaw($"the reason of a denial has the number {number}");
}
