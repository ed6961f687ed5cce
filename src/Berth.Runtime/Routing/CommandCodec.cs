using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Routing;

/// <summary>
/// The numbers of commands on the wire. A number is never used again for something else. <see cref="ExpireEarliest"/> has none: only an
/// actor asks that of itself.
/// </summary>
internal enum CommandKind : byte
{
    ClaimSeat = 1,
    ReleaseSeat = 2,
    AskFreeSeat = 3,
    AskClaim = 4,
    AskHolder = 5,
    AskHolders = 6,
    AskNextDeadline = 7,
    AskSummary = 8,
    AskLicenses = 9,
    AskLicense = 10,
    TakeSeat = 11,
    AddLicenses = 12,
    ChangeLicense = 13,
    ImportLicenses = 14,
    RemoveLicense = 15,
    SetPolicyException = 16,
    CutHistory = 17,
    ConfirmCopy = 18,
    SetClusterPolicy = 19,
}

/// <summary>
/// Commands to bytes and back: kind (1 byte), then the fields in the order of the record. What nodes say and what is asked stands
/// here; what people change, in <see cref="ChangeCodec"/>.
/// </summary>
internal static class CommandCodec
{
    public static void Write(ByteWriter to, PoolCommand command)
    {
        switch (command)
        {
            case ClaimSeat c:
                WriteClaim(to, CommandKind.ClaimSeat, c.Node, c.Who, c.ClaimKey);
                break;
            case ReleaseSeat c:
                WriteClaim(to, CommandKind.ReleaseSeat, c.Node, c.Who, c.ClaimKey);
                break;
            case AskFreeSeat:
                to.Byte((byte)CommandKind.AskFreeSeat);
                break;
            case AskClaim c:
                to.Byte((byte)CommandKind.AskClaim);
                to.Text(c.Node.Value);
                break;
            case AskHolder c:
                to.Byte((byte)CommandKind.AskHolder);
                to.Text(c.Node.Value);
                break;
            case AskHolders c:
                to.Byte((byte)CommandKind.AskHolders);
                WriteHolders(to, c);
                break;
            case AskNextDeadline:
                to.Byte((byte)CommandKind.AskNextDeadline);
                break;
            case AskSummary:
                to.Byte((byte)CommandKind.AskSummary);
                break;
            case AskLicenses c:
                to.Byte((byte)CommandKind.AskLicenses);
                to.Signed(c.AfterSlot);
                to.Signed(c.Limit);
                break;
            case AskLicense c:
                to.Byte((byte)CommandKind.AskLicense);
                to.Text(c.Id.Value);
                break;
            default:
                ChangeCodec.Write(to, command);
                break;
        }
    }

    /// <summary>
    /// Reads a command. A kind that is not known is of a newer member and refused before anything is done: its sender may be told
    /// that nothing happened.
    /// </summary>
    public static PoolCommand Read(ref HopReader from) => (CommandKind)from.Byte() switch
    {
        CommandKind.ClaimSeat => new ClaimSeat(from.Node(), from.Who(), from.ClaimKey()),
        CommandKind.ReleaseSeat => new ReleaseSeat(from.Node(), from.Who(), from.ClaimKey()),
        CommandKind.AskFreeSeat => new AskFreeSeat(),
        CommandKind.AskClaim => new AskClaim(from.Node()),
        CommandKind.AskHolder => new AskHolder(from.Node()),
        CommandKind.AskHolders => ReadHolders(ref from),
        CommandKind.AskNextDeadline => new AskNextDeadline(),
        CommandKind.AskSummary => new AskSummary(),
        CommandKind.AskLicenses => new AskLicenses(from.Number(), from.Number()),
        CommandKind.AskLicense => new AskLicense(from.License()),
        var kind => ChangeCodec.Read(kind, ref from),
    };

    /// <summary>The fields alone: the answer to this question says with them where to ask on.</summary>
    public static void WriteHolders(ByteWriter to, AskHolders ask)
    {
        to.Signed(ask.Slot);
        to.Signed(ask.BelowNumber);
        to.Signed(ask.Limit);
    }

    public static AskHolders ReadHolders(ref HopReader from) => new(from.Number(), from.Signed(), from.Number());

    private static void WriteClaim(ByteWriter to, CommandKind kind, Fingerprint node, Who who, string? claimKey)
    {
        to.Byte((byte)kind);
        to.Text(node.Value);
        HopFields.Write(to, who);
        to.Text(claimKey);
    }
}
