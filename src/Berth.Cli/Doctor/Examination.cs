using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Verbs;
using Berth.Protocol;
using Berth.Server;
using Berth.Storage;

namespace Berth.Cli.Doctor;

/// <summary>Gathers what the checks are about, and makes them.</summary>
internal static class Examination
{
    /// <summary>Of so many licenses the end is looked at.</summary>
    private const int MostLicenses = 1_000_000;

    public static async Task<IReadOnlyList<Finding>> RunAsync(Call call)
    {
        var began = (Wall: call.Shell.Time.GetUtcNow(), Ticks: call.Shell.Time.GetTimestamp());
        var uri = StoreChoice.Of(call);
        var options = Options(call, uri, out var settings);
        if (uri.IsShared)
        {
            return await OfSharedAsync(call, uri, options, settings);
        }

        var condition = StoreInspection.Look(uri, pages: true);
        var member = await MemberAsync(call, uri, options);
        var pools = condition.Refused is null ? await PoolsAsync(call) : null;
        var now = call.Shell.Time.GetUtcNow();
        var step = now - began.Wall - call.Shell.Time.GetElapsedTime(began.Ticks);
        return
        [
            settings,
            .. StoreChecks.Of(Store(uri, condition)),
            .. MemberChecks.Of(member),
            .. pools is null ? [] : PoolChecks.Of(pools, now),
            .. ClockChecks.Of(new ClockProbe(now, condition.History?.LastMs ?? 0, step, Surroundings.ClockSynchronized())),
            .. SecurityChecks.Of(Security(call, uri, options)),
            .. DiskChecks.Of(Disk(uri, condition, options)),
            .. HostChecks.Of(Host(options)),
        ];
    }

    private static async Task<IReadOnlyList<Finding>> OfSharedAsync(Call call, StorageUri uri, MemberOptions options, Finding settings)
    {
        var probe = await SharedExamination.LookAsync(call, uri, options);
        var pools = probe.Refused is null ? await PoolsAsync(call) : null;
        var now = call.Shell.Time.GetUtcNow();
        return
        [
            settings,
            .. SharedChecks.Of(probe),
            .. pools is null ? [] : PoolChecks.Of(pools, now),
            .. ClockChecks.Of(new ClockProbe(now, 0, TimeSpan.Zero, Surroundings.ClockSynchronized())),
            .. SecurityChecks.Of(Security(call, uri, options)),
            .. HostChecks.Of(Host(options)),
        ];
    }

    /// <summary>What a member says at its start: only what is wrong, and nothing that takes long.</summary>
    public static IEnumerable<Finding> AtStart(Call call, MemberOptions options)
    {
        var uri = options.StoreUri ?? StorageUri.Parse(options.Store);
        if (uri.IsShared)
        {
            IEnumerable<Finding> some = [.. SecurityChecks.Of(Security(call, uri, options)), .. HostChecks.Of(Host(options))];
            return some.Where(finding => finding.Grade != Grade.Ok);
        }

        var condition = StoreInspection.Look(uri, pages: false);
        var clock = new ClockProbe(call.Shell.Time.GetUtcNow(), condition.History?.LastMs ?? 0, TimeSpan.Zero, null);
        Finding[] all =
        [
            .. StoreChecks.Of(Store(uri, condition)),
            .. ClockChecks.Of(clock),
            .. SecurityChecks.Of(Security(call, uri, options)),
            .. DiskChecks.Of(Disk(uri, condition, options)),
            .. HostChecks.Of(Host(options)),
        ];
        return all.Where(finding => finding.Grade != Grade.Ok);
    }

    private static StoreProbe Store(StorageUri uri, StoreCondition condition) => new()
    {
        Path = uri.Path,
        Exists = File.Exists(uri.Path),
        Condition = condition,
        Mode = Surroundings.ModeOf(uri.Path),
        Owner = FileOwner.Of(uri.Path),
        User = FileOwner.Mine,
        FolderWritable = Surroundings.CanWrite(Folder(uri)),
        FileSystem = Surroundings.FileSystemOf(uri.Path),
    };

    private static MemberOptions Options(Call call, StorageUri uri, out Finding settings)
    {
        try
        {
            settings = Finding.Ok(CheckNames.Settings, "flags, variables and the configuration file make sense");
            return ServeSettings.Read(call);
        }
        catch (CommandFailedException error)
        {
            settings = Finding.Fail(CheckNames.Settings, error.Message, "correct it; the other checks take the defaults");
            return new MemberOptions { Store = uri.ToString(), StoreUri = uri };
        }
    }

    private static async Task<MemberProbe> MemberAsync(Call call, StorageUri uri, MemberOptions options)
    {
        var holder = Berth.Storage.Store.HolderOf(uri) is { IsServing: true } serving ? serving : null;
        var served = holder?.Socket is { } socket ? await DescribeAsync(call, socket) : null;
        return new MemberProbe
        {
            Holder = holder?.Pid,
            Answers = served is not null,
            ServedPort = served?.EdgePort ?? 0,
            EdgePort = options.EdgePort,
            Edge = options.EdgePort == 0 ? PortState.Free : await Surroundings.PortAsync(options.Bind, options.EdgePort, call.Shell.Stop),
        };
    }

    private static async Task<ServerDescription?> DescribeAsync(Call call, string socket)
    {
        using var client = new ManagementClient(socket, call.Shell.Time);
        try
        {
            return (await client.DescribeServerAsync(call.Shell.Stop)).Value;
        }
        catch (ManagementUnreachableException)
        {
            return null;
        }
    }

    private static async Task<PoolProbe> PoolsAsync(Call call)
    {
        try
        {
            await using var reach = await Reach.ForReadingAsync(call);
            var licenses = new List<LicenseEntry>();
            await foreach (var page in reach.Administration.LicensePagesAsync(null, null, MostLicenses, call.Shell.Stop))
            {
                // Who holds the seats does not matter here, and would be most of the bytes.
                licenses.AddRange(page.Licenses.Select(license => license with { Holders = [] }));
            }

            return new PoolProbe(await reach.Administration.AllPoolsAsync(call.Shell.Stop), licenses, null);
        }
        catch (Exception error) when (error is StoreException or CommandFailedException or ManagementUnreachableException)
        {
            return new PoolProbe([], [], error.Message);
        }
    }

    private static SecurityProbe Security(Call call, StorageUri uri, MemberOptions options) => new()
    {
        Key = Rights(options.KeyFile ?? (uri.IsShared ? string.Empty : uri.Path + ".key")),
        Config = call.Settings.Text(GlobalFlags.Config) is { } config ? Rights(config) : null,
        SecretFiles = [.. new[] { ServeFlags.SigningSecretFile, ClusterFlags.SecretFile, GlobalFlags.StorePasswordFile }
            .Select(flag => call.Settings.Text(flag)).OfType<string>().Select(Rights).Where(file => file.Mode is { } mode && !SecretFileRights.AreTight(file.Path, mode))],
        SecretShown = SecretShown(call),
        Bind = options.Bind,
        HasTls = options.TlsCertificate is not null,
        Signs = !string.IsNullOrEmpty(options.SigningSecret),
        EnforcesExpiry = options.EnforceExpiry,
    };

    /// <summary>A variable that names a file shows nothing.</summary>
    private static string? SecretShown(Call call)
    {
        if (call.Settings.Find(ServeFlags.SigningSecret) == Origin.Flag)
        {
            return "the command line";
        }

        IEnumerable<string?> variables = [ServeFlags.SigningSecret.BerthVariable, ClusterFlags.SecretVariable, .. ServeFlags.SigningSecret.RelayVariables];
        return variables.OfType<string>().FirstOrDefault(name => !string.IsNullOrEmpty(call.Shell.Environment(name)));
    }

    private static RightsProbe Rights(string path) => new(path, Surroundings.ModeOf(path));

    private static DiskProbe Disk(StorageUri uri, StoreCondition condition, MemberOptions options) => new(
        Surroundings.FreeBytes(Folder(uri)),
        condition.Bytes,
        condition.History,
        options.Retention.Bytes > 0 ? options.Retention.Bytes : null,
        options.Retention.Age > TimeSpan.Zero ? options.Retention.Age.TotalDays : null);

    private static HostProbe Host(MemberOptions options) =>
        new(Surroundings.HasOpenSsl(), Surroundings.FileHandles(), options.MaxConnections, Surroundings.MemoryLimit());

    private static string Folder(StorageUri uri) => Path.GetDirectoryName(uri.Path) ?? "/";
}
