using System.Net;
using Berth.Cli.Flags;
using Berth.Server;
using Berth.Server.Management;

namespace Berth.Cli.Verbs;

/// <summary>The settings of a member that say who may reach it, how often and by what certificate.</summary>
internal static class NetworkSettings
{
    private const string Off = "off";
    private const int MaxPort = 65_535;
    private const int MaxConnections = 1_000_000;
    private const int MaxMetricsPools = 10_000;

    public static MemberOptions Over(Call call, MemberOptions options)
    {
        var settings = call.Settings;
        var (certificate, key) = (Path(settings, ServeFlags.TlsCert), Path(settings, ServeFlags.TlsKey));
        if ((certificate is null) != (key is null))
        {
            throw CommandFailedException.Usage("--tls-cert and --tls-key go together: give both, or neither");
        }

        return options with
        {
            TlsCertificate = certificate,
            TlsKey = key,
            MaxConnectionsPerAddress =
                ServeSettings.Within(settings, ServeFlags.MaxConnectionsPerAddress, 1, MaxConnections) ?? options.MaxConnectionsPerAddress,
            AddressLimit = Limit(settings, ServeFlags.LimitAddress),
            NodeLimit = Limit(settings, ServeFlags.LimitNode),
            ManagementPort = ManagementPort(call, options.Audit),
            MetricsBind = MetricsBind(call),
            MetricsPools = ServeSettings.Within(settings, ServeFlags.MetricsPools, 0, MaxMetricsPools) ?? options.MetricsPools,
        };
    }

    /// <summary>Null: none. Called <c>relay</c>, there is none unless it is asked for: Relay opens one port.</summary>
    private static ManagementPortOptions? ManagementPort(Call call, bool audit)
    {
        var settings = call.Settings;
        var text = settings.Text(ServeFlags.ManagementPort);
        if (text is Off || (call.Shell.IsRelay && text is null))
        {
            return null;
        }

        if (text is not null && FlagValue.Number(text) is not (>= 0 and <= MaxPort))
        {
            throw CommandFailedException.Usage(
                $"invalid argument {GoText.Quote(text)} for {GoText.Quote(ServeFlags.ManagementPort.Shown)} flag: must be 0 to {MaxPort}, or {Off}");
        }

        var name = settings.Text(ServeFlags.ManagementBind);
        var port = new ManagementPortOptions
        {
            Bind = name is null ? IPAddress.Loopback : IPAddress.Parse(ServeSettings.Address(name, call.Shell.IsRelay)),
            HostName = name,
            Port = text is null ? ManagementPortOptions.DefaultPort : FlagValue.Number(text)!.Value,
            Optional = text is null && name is null && settings.Text(ServeFlags.TokensFile) is null,
            TokensFile = Path(settings, ServeFlags.TokensFile),
            Audit = audit,
        };
        return port.Flaw() is { } flaw ? throw CommandFailedException.Usage(flaw) : port;
    }

    private static IPEndPoint? MetricsBind(Call call)
    {
        if (call.Settings.Text(ServeFlags.MetricsBind) is not { Length: > 0 } text || text is Off)
        {
            return null;
        }

        var colon = text.LastIndexOf(':');
        return colon > 0 && FlagValue.Number(text[(colon + 1)..]) is { } port and >= 0 and <= MaxPort
            ? new IPEndPoint(IPAddress.Parse(ServeSettings.Address(text[..colon].Trim('[', ']'), call.Shell.IsRelay)), port)
            : throw CommandFailedException.Usage(
                $"invalid argument {GoText.Quote(text)} for {GoText.Quote(ServeFlags.MetricsBind.Shown)} flag: write ADDRESS:PORT, such as 127.0.0.1:9111 or [::]:9111, or {Off}");
    }

    private static RateLimit? Limit(Settings settings, Flag flag) => settings.Text(flag) switch
    {
        null or Off => null,
        var text => RateLimit.Parse(text) ?? throw CommandFailedException.Usage(
            $"invalid argument {GoText.Quote(text)} for {GoText.Quote(flag.Shown)} flag: write 20/s, 600/m or 1000/h, 1 to {RateLimit.MaxCount}, or {Off}"),
    };

    private static string? Path(Settings settings, Flag flag) =>
        settings.Text(flag) is { Length: > 0 } path ? System.IO.Path.GetFullPath(path) : null;
}
