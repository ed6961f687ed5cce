using Berth.Cli.Flags;

namespace Berth.Cli.Verbs;

/// <summary>The flags of every verb.</summary>
internal static class GlobalFlags
{
    public static readonly Flag Store =
        new Flag("store", FlagKind.Text, "the store, sqlite:./berth.sqlite or postgres://USER@HOST[,HOST]/DATABASE").Twinned();

    public static readonly Flag StorePasswordFile =
        new Flag("store-password-file", FlagKind.Text, "the file with the password of the user in --store postgres://USER@…, read anew for each connection").Twinned();

    public static readonly Flag Database =
        new Flag("database", FlagKind.Text, "a SQLite file: short for --store sqlite:PATH") { RelayVariables = ["RELAY_DATABASE"] }.Twinned();

    public static readonly Flag Socket =
        new Flag("socket", FlagKind.Text, "the management socket (beside the database; on a shared store in $RUNTIME_DIRECTORY or /run/berth)").Twinned();

    public static readonly Flag Server =
        new Flag("server", FlagKind.Text, "ask the member at this URL of a management port, such as https://berth.example:9110").Twinned();

    public static readonly Flag TokenFile =
        new Flag("token-file", FlagKind.Text, "the file with the token for --server; the token itself may be in BERTH_TOKEN").Twinned();

    public static readonly Flag CaFile =
        new Flag("ca-file", FlagKind.Text, "believe certificates from those in this PEM file, not those that the system trusts").Twinned();

    public static readonly Flag Config =
        new("config", FlagKind.Text, "a YAML file whose keys are names of flags") { BerthVariable = "BERTH_CONFIG" };

    public static readonly Flag Verbose =
        new Flag("verbose", FlagKind.Count, "say more; repeat for still more") { Short = 'v' }.Twinned();

    public static readonly Flag NoAudit =
        new Flag("no-audit", FlagKind.Switch, "record neither who asked nor from where") { RelayVariables = ["RELAY_NO_AUDIT"] }.Twinned();

    public static readonly Flag NoColor = new Flag("no-color", FlagKind.Switch, "no colors in log lines").Twinned();

    public static readonly Flag Pragma = new("pragma", FlagKind.List, "k=v, for Relay's scripts; without effect");

    public static readonly Flag Json = new("json", FlagKind.Switch, "print JSON");

    public static readonly Flag Plain =
        new("plain", FlagKind.Switch, "print a plain table") { RelayVariables = ["RELAY_PLAIN", "NO_COLOR", "CI"] };

    public static readonly Flag Help = new("help", FlagKind.Switch, "show this") { Short = 'h' };

    public static readonly Flag Version = new("version", FlagKind.Switch, "show the version");

    public static IReadOnlyList<Flag> All { get; } =
        [Store, StorePasswordFile, Database, Socket, Server, TokenFile, CaFile, Config, Verbose, NoAudit, NoColor, Pragma, Json, Plain, Help, Version];
}
