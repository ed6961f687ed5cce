using System.Net;
using System.Net.Sockets;
using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Pools;
using Berth.Runtime.Audit;
using Berth.Server;
using Berth.Server.Management;
using Berth.Storage;

namespace Berth.Cli.Verbs;

/// <summary>From settings to what a member is started with, and what makes no sense.</summary>
internal static class ServeSettings
{
    private const int MaxPort = 65_535;
    private const int MaxConnections = 1_000_000;
    private const int MaxKeepDays = 36_500;

    public static MemberOptions Read(Call call)
    {
        var settings = call.Settings;
        var relay = call.Shell.IsRelay;
        var defaults = new MemberOptions { Store = string.Empty };
        var store = StoreChoice.Of(call);
        var options = defaults with
        {
            Store = store.ToString(),
            StoreUri = store,
            Socket = Socket(call, store),
            Bind = settings.Text(ServeFlags.Bind) is { } bind ? Address(bind, relay) : defaults.Bind,
            EdgePort = Within(settings, ServeFlags.Port, 0, MaxPort) ?? defaults.EdgePort,
            MaxConnections = Within(settings, ServeFlags.MaxConnections, 1, MaxConnections) ?? defaults.MaxConnections,
            PoolLock = PoolLock(settings),
            ExplicitPolicy = ExplicitPolicy(call),
            CullInterval = CullInterval(settings) ?? defaults.CullInterval,
            EnforceExpiry = settings.Switch(ServeFlags.EnforceExpiry) ?? !relay,
            ExclusiveNodes = settings.Switch(ServeFlags.ExclusiveNodes) ?? relay,
            IgnoreExceptions = relay,
            SigningSecret = SigningSecret(settings),
            Audit = settings.Switch(GlobalFlags.NoAudit) != true,
            KeyFile = settings.Text(ServeFlags.KeyFile) is { } key ? Path.GetFullPath(key) : null,
            Retention = Retention(settings),
            Traces = TraceFlags.Read(call),
        };
        return NetworkSettings.Over(call, ClusterSettings.Over(call, store, options));
    }

    private static string Socket(Call call, StorageUri store) =>
        call.Settings.Text(GlobalFlags.Socket) is { } socket ? Path.GetFullPath(socket)
        : store.IsShared ? RuntimeFolder.SocketOf(call, MemberNames.Of(call))
        : ManagementListener.SocketFor(store.Path);

    private static RetentionLimits Retention(Settings settings)
    {
        var days = Within(settings, ServeFlags.AuditKeepDays, 0, MaxKeepDays);
        var mib = Within(settings, ServeFlags.AuditMaxMib, 0, int.MaxValue);
        return new RetentionLimits(
            days is { } age ? TimeSpan.FromDays(age) : RetentionLimits.Default.Age, mib is { } size ? (long)size << 20 : RetentionLimits.Default.Bytes);
    }

    /// <summary>Called <c>relay</c>, what is not said is Relay's default; called <c>berth</c>, it is what was recorded before.</summary>
    private static PolicyException ExplicitPolicy(Call call)
    {
        var ttl = Ttl(call);
        var strategy = call.Settings.Strategy(ServeFlags.Strategy);
        var heartbeats = !call.Settings.Switch(ServeFlags.NoHeartbeats);
        return call.Shell.IsRelay
            ? new PolicyException(ttl ?? Policy.Default.Ttl, strategy ?? Policy.Default.Strategy, heartbeats ?? true)
            : new PolicyException(ttl, strategy, heartbeats);
    }

    private static TimeSpan? Ttl(Call call)
    {
        const string TooShort = "time-to-live value must be at least 30s";
        var ttl = call.Settings.Duration(ServeFlags.Ttl);
        if (ttl < Policy.MinTtl)
        {
            if (call.Shell.IsRelay)
            {
                call.Shell.Error.WriteLine("error: " + TooShort);
            }

            throw CommandFailedException.Usage(TooShort);
        }

        return ttl > Policy.MaxTtl
            ? throw CommandFailedException.Usage($"time-to-live value must be at most {Policy.MaxTtl.TotalHours}h")
            : ttl is { } whole ? TimeSpan.FromMilliseconds((long)whole.TotalMilliseconds) : null;
    }

    private static TimeSpan? CullInterval(Settings settings)
    {
        var interval = settings.Duration(ServeFlags.CullInterval);
        return interval <= TimeSpan.Zero
            ? throw CommandFailedException.Usage("cull interval must be more than 0s")
            : interval;
    }

    private static PoolName? PoolLock(Settings settings) => settings.Text(VerbFlags.Pool) switch
    {
        null or "" => null,
        "-" => PoolName.Global,
        var name when PoolName.IsValid(name) => new PoolName(name),
        _ => throw CommandFailedException.Usage($"a pool's name has 1 to {PoolName.MaxBytes} bytes and no control characters"),
    };

    private static string? SigningSecret(Settings settings) =>
        settings.Text(ServeFlags.SigningSecretFile) is { } path && settings.Find(ServeFlags.SigningSecret) != Origin.Flag
            ? Settings.Secret(path, "--signing-secret-file")
            : settings.Text(ServeFlags.SigningSecret);

    /// <summary>An address as it is, a name as the address behind it.</summary>
    public static string Address(string bind, bool relay)
    {
        if (IPAddress.TryParse(bind, out _))
        {
            return bind;
        }

        try
        {
            return Dns.GetHostAddresses(bind)[0].ToString();
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            throw new CommandFailedException($"listen tcp: lookup {bind}: no such host", ExitCode.Failed, atStart: !relay);
        }
    }

    public static int? Within(Settings settings, Flag flag, int least, int most) =>
        settings.Number(flag) is not { } number ? null
        : number >= least && number <= most ? number
        : throw CommandFailedException.Usage($"invalid argument \"{number}\" for {GoText.Quote(flag.Shown)} flag: must be {least} to {most}");
}
