using Berth.Cli.Flags;

namespace Berth.Cli.Verbs;

/// <summary>The settings of a member, each with its flag, its variables, and its key in the configuration file.</summary>
internal static class ServeFlags
{
    public static readonly Flag Bind =
        new Flag("bind", FlagKind.Text, "the address to listen on (0.0.0.0)")
        {
            Short = 'b',
            RelayVariables = ["RELAY_ADDR"],
            BareVariables = ["BIND_ADDR"],
        }.Twinned();

    /// <summary>Kubernetes sets BERTH_PORT for a service called berth, to something else: hence the longer name.</summary>
    public static readonly Flag Port =
        new Flag("port", FlagKind.Number, "the port to listen on, 0 for any that is free (6349)")
        {
            Short = 'p',
            BerthVariable = "BERTH_EDGE_PORT",
            RelayVariables = ["RELAY_PORT"],
            BareVariables = ["PORT"],
        }.Twinned();

    public static readonly Flag Ttl =
        new Flag("ttl", FlagKind.Duration, "how long a node may stay silent, 30s or more (60s)")
        {
            Short = 't',
            ShortUnlisted = true,
            RelayVariables = ["RELAY_LEASE_TTL"],
        }.Twinned();

    public static readonly Flag NoHeartbeats =
        new Flag("no-heartbeats", FlagKind.Switch, "a seat is held until it is released")
        {
            RelayVariables = ["RELAY_NO_HEARTBEATS", "RELAY_NO_HEARTBEAT"],
        }.Twinned();

    public static readonly Flag Strategy =
        new Flag("strategy", FlagKind.Strategy, "which free seat a claim takes: fifo, lifo or rand (fifo)")
        {
            RelayVariables = ["RELAY_STRATEGY"],
        }.Twinned();

    public static readonly Flag CullInterval =
        new Flag("cull-interval", FlagKind.Duration, "how often seats of silent nodes are swept up (15s)")
        {
            RelayVariables = ["RELAY_CULL_INTERVAL"],
        }.Twinned();

    public static readonly Flag SigningSecret =
        new Flag("signing-secret", FlagKind.Text, "sign answers with this; better in a file, where no process list shows it")
        {
            Secret = true,
            RelayVariables = ["RELAY_SIGNING_SECRET"],
        }.Twinned();

    public static readonly Flag SigningSecretFile =
        new("signing-secret-file", FlagKind.Text, "the file with the secret to sign answers with") { InFile = true };

    public static readonly Flag EnforceExpiry =
        new Flag("enforce-expiry", FlagKind.Switch, "give no seats of licenses past their end (berth: true, relay: false)").Twinned();

    public static readonly Flag ExclusiveNodes =
        new Flag("exclusive-nodes", FlagKind.Switch, "one seat a node over all pools (berth: false, relay: true)").Twinned();

    public static readonly Flag MaxConnections =
        new Flag("max-connections", FlagKind.Number, "connections kept open at once (16384)").Twinned();

    public static readonly Flag MaxConnectionsPerAddress =
        new Flag("max-connections-per-address", FlagKind.Number, "of these, from one address, or one /64 of IPv6 (4096)").Twinned();

    public static readonly Flag LimitAddress =
        new Flag("limit-address", FlagKind.Text, "claims and releases of one address, such as 50/s, 600/m or 1000/h; 50 is 50/s (no limit)").Twinned();

    public static readonly Flag LimitNode =
        new Flag("limit-node", FlagKind.Text, "claims and renewals of one node, such as 1/s or 10/m (no limit)").Twinned();

    public static readonly Flag TlsCert =
        new Flag("tls-cert", FlagKind.Text, "the certificate to serve with, and those up to its root: a PEM file, read again when it changes").Twinned();

    public static readonly Flag TlsKey = new Flag("tls-key", FlagKind.Text, "the certificate's private key: a PEM file without a password").Twinned();

    public static readonly Flag ManagementBind =
        new Flag("management-bind", FlagKind.Text, "the management API's address; any but this machine's own needs --tokens-file (127.0.0.1)").Twinned();

    public static readonly Flag ManagementPort =
        new Flag("management-port", FlagKind.Text, "the management API's port, 0 for any that is free, or off (9110; relay: off)").Twinned();

    public static readonly Flag TokensFile =
        new Flag("tokens-file", FlagKind.Text, "the tokens that the management port takes, lines of 'berth token new'; mode 0600").Twinned();

    public static readonly Flag MetricsBind =
        new Flag("metrics-bind", FlagKind.Text, "ADDRESS:PORT to serve /metrics alone at, to whoever asks there, or off (off)").Twinned();

    public static readonly Flag MetricsPools =
        new Flag("metrics-pools", FlagKind.Number, "pools that the metrics show by name; the others are added up (200)").Twinned();

    public static readonly Flag KeyFile =
        new Flag("key-file", FlagKind.Text, "the file with the private key that the history is signed with (beside the database; on a shared store ./berth-MEMBER.key)").Twinned();

    public static readonly Flag AuditKeepDays =
        new Flag("audit-keep-days", FlagKind.Number, "for how many days the history is kept, 0 for good (400)").Twinned();

    public static readonly Flag AuditMaxMib =
        new Flag("audit-max-mib", FlagKind.Number, "MiB that the store may hold before the oldest history goes early, 0 for any (4096)").Twinned();

    public static readonly Flag LogFormat =
        new Flag("log-format", FlagKind.Text, "how log lines are written: text, or json, one object a line (text)").Twinned();

    public static readonly Flag LogLevel =
        new Flag("log-level", FlagKind.Text, "the finest lines that are logged: error, warning, info, debug or trace; stronger than -v (info; relay: error)").Twinned();

    public static readonly Flag Edge =
        new Flag("edge", FlagKind.Switch, "run an edge without pools beside the member that serves the database").Twinned();

    public static IReadOnlyList<Flag> All { get; } =
    [
        Bind, Port, Ttl, NoHeartbeats, Strategy, CullInterval, VerbFlags.Pool, SigningSecret, SigningSecretFile,
        EnforceExpiry, ExclusiveNodes, MaxConnections, MaxConnectionsPerAddress, LimitAddress, LimitNode, TlsCert, TlsKey,
        ManagementBind, ManagementPort, TokensFile, MetricsBind, MetricsPools, Edge, KeyFile, AuditKeepDays, AuditMaxMib,
        LogFormat, LogLevel,
        .. ClusterFlags.All, .. TraceFlags.All,
    ];
}
