using Berth.Cli.Flags;

namespace Berth.Cli.Verbs;

/// <summary>Flags that several verbs have.</summary>
internal static class VerbFlags
{
    public static readonly Flag Pool =
        new Flag("pool", FlagKind.Text, "the pool") { RelayVariables = ["RELAY_POOL"] }.Twinned();

    public static readonly Flag Limit = new("limit", FlagKind.Number, "the most rows (all)");

    public static readonly Flag Next = new("next", FlagKind.Text, "where to go on, as the call before said");

    /// <summary>The most rows that were asked for; null: all.</summary>
    public static int? ReadLimit(Call call) => call.Settings.Number(Limit) switch
    {
        null => null,
        >= 1 and var limit => limit,
        var limit => throw CommandFailedException.Usage($"invalid argument \"{limit}\" for \"--limit\" flag: must be 1 or more"),
    };

    /// <summary>Says on standard error that there is more, and how to go on.</summary>
    public static void SayMore(Call call, string? next)
    {
        if (next is not null)
        {
            call.Shell.Error.WriteLine($"there is more: --next {next}");
        }
    }

    public static readonly Flag License = new("license", FlagKind.List, "the id of a license");

    public static readonly Flag PublicKey =
        new("public-key", FlagKind.Text, "the vendor's public key: 64 hexadecimal digits, or a file with them")
        {
            BerthVariable = "BERTH_PUBLIC_KEY",
            RelayVariables = ["RELAY_PUBLIC_KEY", "KEYGEN_PUBLIC_KEY"],
        };

    /// <summary>A public key as the file or the text that was given has it.</summary>
    public static string? ReadPublicKey(Call call)
    {
        var text = call.Settings.Text(PublicKey)?.Trim();
        if (text is not { Length: > 0 and not 64 })
        {
            return text;
        }

        return File.Exists(text) ? Settings.Secret(text, "--public-key").Trim()
            : call.Shell.IsRelay ? text
            : throw CommandFailedException.Usage($"--public-key: {text} is neither 64 hexadecimal digits nor a file with them");
    }
}
