using System.Diagnostics;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Routing;

/// <summary>The replies that show a pool to people: as in <see cref="ReplyCodec"/>.</summary>
internal static class ViewCodec
{
    /// <summary>The most holders on a page of licenses: the page ends with the license that fills it.</summary>
    public const int MaxHolders = AskLicenses.MaxHolders + LicenseView.MaxHolders;

    public static void Write(ByteWriter to, PoolReply reply)
    {
        switch (reply)
        {
            case PoolSummary r:
                to.Byte((byte)ReplyKind.PoolSummary);
                WriteSummary(to, r);
                break;
            case HolderPage r:
                to.Byte((byte)ReplyKind.HolderPage);
                WriteHolders(to, r.Holders, AskLicenses.MaxLimit);
                HopFields.Flag(to, r.Next is not null);
                if (r.Next is { } next)
                {
                    CommandCodec.WriteHolders(to, next);
                }

                break;
            case LicensePage r:
                to.Byte((byte)ReplyKind.LicensePage);
                WriteLicenses(to, r.Licenses);
                to.Optional(r.NextSlot);
                break;
            default:
                throw new UnreachableException($"The reply {reply.GetType().Name} shows no pool.");
        }
    }

    public static PoolReply Read(ReplyKind kind, ref HopReader from) => kind switch
    {
        ReplyKind.PoolSummary => ReadSummary(ref from),
        ReplyKind.HolderPage => new HolderPage(
            ReadHolders(ref from, AskLicenses.MaxLimit), from.Flag() ? CommandCodec.ReadHolders(ref from) : null),
        ReplyKind.LicensePage => new LicensePage(ReadLicenses(ref from), from.Flag() ? from.Number() : null),
        _ => throw HopReader.Flaw($"a reply has the kind {(int)kind}"),
    };

    private static void WriteSummary(ByteWriter to, PoolSummary summary)
    {
        to.Text(summary.Name.Value);
        to.Signed(summary.Licenses);
        to.Signed(summary.Seats);
        to.Signed(summary.Held);
        to.Signed(summary.Free);
        to.Signed(summary.Version);
        HopFields.Write(to, summary.Exception);
        HopFields.Write(to, summary.Policy);
        HopFields.Flag(to, summary.ClusterPolicy is not null);
        if (summary.ClusterPolicy is { } policy)
        {
            HopFields.Write(to, policy);
        }
    }

    private static PoolSummary ReadSummary(ref HopReader from) => new(
        from.Pool(),
        from.Number(),
        from.Signed(),
        from.Number(),
        from.Signed(),
        from.Signed(),
        HopFields.Exception(ref from),
        HopFields.Policy(ref from),
        from.Flag() ? HopFields.Policy(ref from) : null);

    private static void WriteLicenses(ByteWriter to, IReadOnlyList<LicenseView> licenses)
    {
        HopFields.Count(to, licenses.Count, AskLicenses.MaxLimit);
        var holders = 0;
        foreach (var license in licenses)
        {
            to.Text(license.Id.Value);
            to.Signed(license.Seats);
            to.Signed(license.Held);
            to.Optional(license.Holder);
            to.Signed(license.Claims);
            to.Signed(license.AddedMs);
            to.Signed(license.LastClaimedMs);
            to.Signed(license.LastReleasedMs);
            to.Optional(license.ExpiryMs);
            HopFields.Flag(to, license.Retired);
            WriteHolders(to, license.Holders, Math.Min(LicenseView.MaxHolders, MaxHolders - holders));
            holders += license.Holders.Count;
        }
    }

    private static LicenseView[] ReadLicenses(ref HopReader from)
    {
        var licenses = new LicenseView[from.Count(AskLicenses.MaxLimit)];
        var holders = 0;
        for (var i = 0; i < licenses.Length; i++)
        {
            licenses[i] = new LicenseView(
                from.License(),
                from.Number(),
                from.Number(),
                from.Optional(),
                from.Signed(),
                from.Signed(),
                from.Signed(),
                from.Signed(),
                from.Optional(),
                from.Flag(),
                ReadHolders(ref from, Math.Min(LicenseView.MaxHolders, MaxHolders - holders)));
            holders += licenses[i].Holders.Count;
        }

        return licenses;
    }

    private static void WriteHolders(ByteWriter to, IReadOnlyList<HolderView> holders, int most)
    {
        HopFields.Count(to, holders.Count, most);
        foreach (var holder in holders)
        {
            to.Text(holder.Node.Value);
            to.Signed(holder.Number);
            to.Signed(holder.SinceMs);
            to.Text(holder.User);
            to.Text(holder.Host);
            to.Text(holder.License.Value);
            to.Signed(holder.Version);
            to.Optional(holder.HeardMs);
            to.Optional(holder.ExpiresMs);
        }
    }

    private static HolderView[] ReadHolders(ref HopReader from, int most)
    {
        var count = from.Count(most);
        var holders = count == 0 ? [] : new HolderView[count];
        for (var i = 0; i < count; i++)
        {
            holders[i] = new HolderView(
                from.Node(),
                from.Signed(),
                from.Signed(),
                from.OptionalText(HopFormat.MaxWhoBytes),
                from.OptionalText(HopFormat.MaxWhoBytes),
                from.License(),
                from.Signed(),
                from.Optional(),
                from.Optional());
        }

        return holders;
    }
}
