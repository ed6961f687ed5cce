using Berth.Cli.Flags;
using Berth.Licensing;
using Berth.Runtime.Audit;
using Berth.Server.Audit;

namespace Berth.Cli.Verbs;

/// <summary>Flags of the audit verbs.</summary>
internal static class AuditFlags
{
    public static readonly Flag Node = new("node", FlagKind.Text, "only events about this node");
    public static readonly Flag License = new("license", FlagKind.List, "only events about this license");
    public static readonly Flag Event = new("event", FlagKind.Text, "only events of this kind, such as license.leased");
    public static readonly Flag Limit = new("limit", FlagKind.Number, "how many (50)");
    public static readonly Flag Next = new("next", FlagKind.Text, "go on from where a list ended");
    public static readonly Flag Force = new("force", FlagKind.Switch, "replace the file");

    /// <summary>Without a variable: the one of that name is the vendor's.</summary>
    public static readonly Flag TrustedKey =
        new("public-key", FlagKind.List, "a member's key that the export must be signed with: 64 hexadecimal digits, or a file with them");

    /// <summary>Which signatures count. Fails with a usage error.</summary>
    public static AuditTrust Trust(Call call)
    {
        var pinned = new List<ReadOnlyMemory<byte>>();
        foreach (var given in call.Settings.List(TrustedKey))
        {
            var text = given.Trim();
            text = text.Length != 64 && File.Exists(text) ? Settings.Secret(text, "--public-key").Trim() : text;
            pinned.Add(VendorKey.TryParsePublicKey(text, out var key)
                ? key
                : throw CommandFailedException.Usage($"--public-key: {given} is neither 64 hexadecimal digits nor a file with them"));
        }

        return new AuditTrust(MemberKeyFile.Check, pinned);
    }
}
