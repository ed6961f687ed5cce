using System.Diagnostics;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Routing;

/// <summary>The commands by which people, and a member's upkeep, change a pool: as in <see cref="CommandCodec"/>.</summary>
internal static class ChangeCodec
{
    /// <summary>SHA-256 in hexadecimal digits.</summary>
    private const int MaxDigestBytes = 64;

    public static void Write(ByteWriter to, PoolCommand command)
    {
        switch (command)
        {
            case TakeSeat c:
                to.Byte((byte)CommandKind.TakeSeat);
                to.Text(c.Node.Value);
                to.Text(c.Reason);
                to.Signed(c.CoolDownMs);
                break;
            case AddLicenses c:
                to.Byte((byte)CommandKind.AddLicenses);
                WriteGrants(to, c.Licenses);
                break;
            case ChangeLicense c:
                to.Byte((byte)CommandKind.ChangeLicense);
                HopFields.Write(to, c.License);
                break;
            case ImportLicenses c:
                to.Byte((byte)CommandKind.ImportLicenses);
                WriteImports(to, c.Licenses);
                break;
            case RemoveLicense c:
                to.Byte((byte)CommandKind.RemoveLicense);
                to.Text(c.Id.Value);
                break;
            case SetPolicyException c:
                to.Byte((byte)CommandKind.SetPolicyException);
                HopFields.Write(to, c.Exception);
                break;
            case CutHistory c:
                to.Byte((byte)CommandKind.CutHistory);
                to.Signed(c.UpTo);
                to.Text(c.Digest);
                break;
            case ConfirmCopy c:
                to.Byte((byte)CommandKind.ConfirmCopy);
                to.Text(c.Origin);
                break;
            case SetClusterPolicy c:
                to.Byte((byte)CommandKind.SetClusterPolicy);
                HopFields.Write(to, c.Policy);
                break;
            default:
                throw new UnreachableException(
                    $"The command {command.GetType().Name} is not for another member, or has no kind number yet.");
        }

        HopFields.Write(to, command.Who);
    }

    public static PoolCommand Read(CommandKind kind, ref HopReader from) => kind switch
    {
        CommandKind.TakeSeat => new TakeSeat(from.Node(), from.Text(TakeSeat.MaxReasonBytes), from.Signed(), from.Who()),
        CommandKind.AddLicenses => new AddLicenses(ReadGrants(ref from), from.Who()),
        CommandKind.ChangeLicense => new ChangeLicense(HopFields.Grant(ref from), from.Who()),
        CommandKind.ImportLicenses => new ImportLicenses(ReadImports(ref from), from.Who()),
        CommandKind.RemoveLicense => new RemoveLicense(from.License(), from.Who()),
        CommandKind.SetPolicyException => new SetPolicyException(HopFields.Exception(ref from), from.Who()),
        CommandKind.CutHistory => new CutHistory(from.Signed(), from.Text(MaxDigestBytes), from.Who()),
        CommandKind.ConfirmCopy => new ConfirmCopy(from.Text(ConfirmCopy.MaxOriginBytes), from.Who()),
        CommandKind.SetClusterPolicy => new SetClusterPolicy(HopFields.Policy(ref from), from.Who()),
        _ => throw HopReader.Flaw($"a command has the kind {(int)kind}"),
    };

    private static void WriteGrants(ByteWriter to, IReadOnlyList<LicenseGrant> grants)
    {
        HopFields.Count(to, grants.Count, AddLicenses.MaxLicenses);
        foreach (var grant in grants)
        {
            HopFields.Write(to, grant);
        }
    }

    private static LicenseGrant[] ReadGrants(ref HopReader from)
    {
        var grants = new LicenseGrant[from.Count(AddLicenses.MaxLicenses)];
        for (var i = 0; i < grants.Length; i++)
        {
            grants[i] = HopFields.Grant(ref from);
        }

        return grants;
    }

    private static void WriteImports(ByteWriter to, IReadOnlyList<ImportedLicense> licenses)
    {
        HopFields.Count(to, licenses.Count, AddLicenses.MaxLicenses);
        foreach (var license in licenses)
        {
            HopFields.Write(to, license.Grant);
            to.Signed(license.AddedMs);
            to.Signed(license.Claims);
            to.Signed(license.LastClaimedMs);
            to.Signed(license.LastReleasedMs);
            to.Text(license.Holder?.Value);
        }
    }

    private static ImportedLicense[] ReadImports(ref HopReader from)
    {
        var licenses = new ImportedLicense[from.Count(AddLicenses.MaxLicenses)];
        for (var i = 0; i < licenses.Length; i++)
        {
            licenses[i] = new ImportedLicense(
                HopFields.Grant(ref from), from.Signed(), from.Signed(), from.Signed(), from.Signed(), from.OptionalNode());
        }

        return licenses;
    }
}
