using System.Text;
using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Server;
using Berth.Storage;

namespace Berth.Cli.Verbs;

/// <summary>The settings of a member among others, and what makes no sense there.</summary>
internal static class ClusterSettings
{
    private const int MaxNameBytes = 128;
    private static readonly TimeSpan _leastLease = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _mostLease = TimeSpan.FromSeconds(60);

    /// <summary>Settings that mean nothing to a member that is the only one.</summary>
    private static readonly Flag[] _ofSharedStores = [.. ClusterFlags.All.Where(flag => flag != ClusterFlags.Member)];

    /// <summary>The same member, as one of several where its store is one that members share.</summary>
    public static MemberOptions Over(Call call, StorageUri store, MemberOptions options)
    {
        var settings = call.Settings;
        if (!store.IsShared)
        {
            Refuse(settings);
            return settings.Text(ClusterFlags.Member) is null ? options : options with { MemberId = MemberNames.Of(call) };
        }

        var member = MemberNames.Of(call);
        var shared = options with { MemberId = member, KeyFile = options.KeyFile ?? KeyFileOf(call, member) };
        if (settings.Switch(ServeFlags.Edge) == true)
        {
            return shared;
        }

        if (options.ExclusiveNodes)
        {
            throw CommandFailedException.Usage("--exclusive-nodes: one member alone can keep a node to one seat over all pools, and members that share a store cannot: leave it away");
        }

        return shared with { Cluster = Read(settings, call, member, options.Bind) };
    }

    private static ClusterOptions Read(Settings settings, Call call, string member, string edge)
    {
        var port = ServeSettings.Within(settings, ClusterFlags.Port, 0, ClusterAddress.MaxPort) ?? ClusterOptions.DefaultPort;
        var bind = settings.Text(ClusterFlags.Bind) is { Length: > 0 } asked ? ServeSettings.Address(asked, relay: false) : null;
        var address = ClusterAddress.Choose(settings.Text(ClusterFlags.Advertise), bind, port, edge, ClusterAddress.OfThisMachine());
        var (certificate, key, authority) = Tls(settings);
        var (secret, secretFile) = Secret(call);
        return new ClusterOptions
        {
            Name = Named(settings.Text(ClusterFlags.Name) ?? "berth", ClusterFlags.Name),
            Member = member,
            Advertise = address.Advertise,
            Bind = address.Bind,
            Port = port,
            Secret = secret,
            SecretFile = secretFile,
            Lease = Lease(settings),
            TlsCertificate = certificate,
            TlsKey = key,
            TlsAuthority = authority,
        };
    }

    /// <summary>
    /// The secret that members share, and its file, if it stands in one. A file that the command line names, or else the variable, or else a file named elsewhere.
    /// </summary>
    private static (ReadOnlyMemory<byte> Secret, string? File) Secret(Call call)
    {
        var named = call.Settings.Find(ClusterFlags.SecretFile);
        var direct = named == Origin.Flag ? null : call.Shell.Environment(ClusterFlags.SecretVariable);
        var file = direct is { Length: > 0 } || named is null ? null : call.Settings.Text(ClusterFlags.SecretFile)!;
        var text = file is null ? direct : Settings.Secret(file, "--cluster-secret-file");
        if (file is null && text is not { Length: > 0 })
        {
            throw CommandFailedException.Usage(
                "--cluster-secret-file is missing: members that share a store share a secret; 'berth cluster secret new FILE' makes one, to be copied to all");
        }

        var bytes = Encoding.UTF8.GetBytes(text!.Trim());
        try
        {
            _ = SecretLines.Read(bytes);
        }
        catch (InvalidDataException flaw)
        {
            throw CommandFailedException.Usage(flaw.Message);
        }

        return (bytes, file is null ? null : Path.GetFullPath(file));
    }

    private static TimeSpan Lease(Settings settings)
    {
        var lease = settings.Duration(ClusterFlags.Lease) ?? TimeSpan.FromSeconds(3);
        return lease >= _leastLease && lease <= _mostLease && lease.Ticks % TimeSpan.TicksPerMillisecond == 0
            ? lease
            : throw CommandFailedException.Usage($"invalid argument \"{GoDuration.Format(lease)}\" for \"--lease\" flag: must be 1s to 60s, in whole milliseconds");
    }

    private static (string? Certificate, string? Key, string? Authority) Tls(Settings settings)
    {
        var paths = new[] { ClusterFlags.TlsCert, ClusterFlags.TlsKey, ClusterFlags.TlsCa }
            .Select(flag => settings.Text(flag) is { Length: > 0 } path ? Path.GetFullPath(path) : null).ToList();
        return paths.TrueForAll(path => path is null) || paths.TrueForAll(path => path is not null)
            ? (paths[0], paths[1], paths[2])
            : throw CommandFailedException.Usage("--cluster-tls-cert, --cluster-tls-key and --cluster-tls-ca go together: both sides show a certificate; give all, or none");
    }

    private static string Named(string name, Flag flag) =>
        Encoding.UTF8.GetByteCount(name) is >= 1 and <= MaxNameBytes && !name.Any(char.IsControl)
            ? name
            : throw CommandFailedException.Usage($"--{flag.Name} has 1 to {MaxNameBytes} bytes and no control characters");

    /// <summary>The folder that systemd gives a service for what it keeps, or else the one that it was started in.</summary>
    private static string KeyFileOf(Call call, string member) =>
        Path.Combine(RuntimeFolder.First(call, "STATE_DIRECTORY") ?? Directory.GetCurrentDirectory(), $"berth-{member}.key");

    private static void Refuse(Settings settings)
    {
        foreach (var flag in _ofSharedStores)
        {
            if (settings.Source(flag) is { } source)
            {
                throw CommandFailedException.Usage($"{source} is for members that share a store: give --store postgres://USER@HOST/DATABASE as well, or leave it away");
            }
        }
    }
}
