using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Pools;
using Berth.Protocol;
using Berth.Server;

namespace Berth.Cli.Verbs;

/// <summary>What a member was started with and where each value came from, without its secrets. Read once, at the start.</summary>
internal sealed class ServeReport
{
    private readonly List<SettingEntry> _entries = [];

    public ServeReport(Call call, MemberOptions options, int port)
    {
        var effective = Effective(options, port);
        effective[ServeFlags.LogFormat] = ServeLog.FormatOf(call);
        effective[ServeFlags.LogLevel] = ServeLog.LevelOf(call);
        foreach (var flag in Flags)
        {
            var secret = flag == ServeFlags.SigningSecret && call.Settings.Find(flag) is null ? ServeFlags.SigningSecretFile : flag;
            _entries.Add(new SettingEntry(
                flag.Name,
                flag.Secret ? IsSet(call, flag, options) ? "set" : "not set" : effective.GetValueOrDefault(flag) ?? Text(call, flag),
                Origin(call.Settings.Find(secret)),
                call.Settings.Source(secret)));
        }
    }

    /// <summary>Every flag that is a setting of a member.</summary>
    public static IReadOnlyList<Flag> Flags { get; } =
    [
        GlobalFlags.Store, GlobalFlags.StorePasswordFile, GlobalFlags.Database, GlobalFlags.Socket, .. ServeFlags.All, GlobalFlags.NoAudit, GlobalFlags.Verbose, GlobalFlags.NoColor, GlobalFlags.Config,
    ];

    /// <summary>The settings as they are while the cluster has this policy, which may have changed since the start.</summary>
    public IReadOnlyList<SettingEntry> Under(Policy policy) =>
    [
        .. _entries.Select(entry =>
            entry.Name == ServeFlags.Ttl.Name ? OfPolicy(entry, Ttl(policy), Ttl(Policy.Default))
            : entry.Name == ServeFlags.Strategy.Name ? OfPolicy(entry, Strategy(policy), Strategy(Policy.Default))
            : entry.Name == ServeFlags.NoHeartbeats.Name ? OfPolicy(entry, Text(!policy.Heartbeats), Text(!Policy.Default.Heartbeats))
            : entry),
    ];

    private static SettingEntry OfPolicy(SettingEntry entry, string value, string standard) =>
        entry.Source is not null && entry.Value == value ? entry
        : new SettingEntry(entry.Name, value, value == standard && entry.Source is null ? SettingOrigins.Default : SettingOrigins.Recorded, null);

    private static Dictionary<Flag, string?> Effective(MemberOptions options, int port) => new()
    {
        [GlobalFlags.Store] = options.Store,
        [GlobalFlags.NoAudit] = Text(!options.Audit),
        [ServeFlags.Bind] = options.Bind,
        [ServeFlags.Port] = $"{port}",
        [ServeFlags.Ttl] = options.ExplicitPolicy.Ttl is { } ttl ? GoDuration.Format(ttl) : null,
        [ServeFlags.Strategy] = Strategy(options.ExplicitPolicy.Over(Policy.Default)),
        [ServeFlags.NoHeartbeats] = Text(options.ExplicitPolicy.Heartbeats == false),
        [ServeFlags.CullInterval] = GoDuration.Format(options.CullInterval),
        [ServeFlags.EnforceExpiry] = Text(options.EnforceExpiry),
        [ServeFlags.ExclusiveNodes] = Text(options.ExclusiveNodes),
        [ServeFlags.MaxConnections] = $"{options.MaxConnections}",
        [GlobalFlags.Socket] = options.Socket,
        [ServeFlags.MaxConnectionsPerAddress] = $"{options.MaxConnectionsPerAddress}",
        [ServeFlags.AuditKeepDays] = $"{options.Retention.Age.TotalDays:0}",
        [ServeFlags.AuditMaxMib] = $"{options.Retention.Bytes >> 20}",
        [ServeFlags.ManagementBind] = options.ManagementPort?.Bind.ToString(),
        [ServeFlags.ManagementPort] = options.ManagementPort is { } management ? $"{management.Port}" : "off",
        [ServeFlags.MetricsBind] = options.MetricsBind?.ToString() ?? "off",
        [ServeFlags.MetricsPools] = $"{options.MetricsPools}",
        [ServeFlags.KeyFile] = options.KeyFile,
        [ClusterFlags.Name] = options.Cluster?.Name,
        [ClusterFlags.Member] = options.MemberId,
        [ClusterFlags.Advertise] = options.Cluster?.Advertise,
        [ClusterFlags.Bind] = options.Cluster?.Bind,
        [ClusterFlags.Port] = options.Cluster is { } cluster ? $"{cluster.Port}" : null,
        [ClusterFlags.Lease] = options.Cluster is { Lease: var lease } ? GoDuration.Format(lease) : null,
    };

    private static bool IsSet(Call call, Flag flag, MemberOptions options) =>
        flag == ServeFlags.SigningSecret ? !string.IsNullOrEmpty(options.SigningSecret) : call.Settings.Text(flag) is { Length: > 0 };

    private static string? Text(Call call, Flag flag) =>
        call.Settings.Find(flag) is null ? null
        : flag.Kind == FlagKind.List ? string.Join(',', call.Settings.List(flag))
        : call.Settings.Text(flag);

    private static string Text(bool value) => value ? "true" : "false";

    private static string Ttl(Policy policy) => GoDuration.Format(policy.Ttl);

    private static string Strategy(Policy policy) => policy.Strategy.ToString().ToLowerInvariant();

    private static string Origin(Origin? origin) => origin switch
    {
        Berth.Cli.Flags.Origin.Flag => SettingOrigins.Flag,
        Berth.Cli.Flags.Origin.BerthVariable => SettingOrigins.BerthVariable,
        Berth.Cli.Flags.Origin.RelayVariable => SettingOrigins.RelayVariable,
        Berth.Cli.Flags.Origin.File => SettingOrigins.File,
        _ => SettingOrigins.Default,
    };
}
