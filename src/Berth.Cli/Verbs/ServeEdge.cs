using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Server;
using Berth.Server.Forwarding;
using Berth.Server.Lifetime;
using Berth.Storage;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Verbs;

/// <summary>Runs an edge without pools beside the member that serves the database: <c>serve --edge</c>.</summary>
internal static class ServeEdge
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    /// <summary>What the member beside it does, and an edge does not: the same variables and file may well be meant for both.</summary>
    private static readonly Flag[] _ofMembers =
    [
        ServeFlags.MetricsBind, ServeFlags.MetricsPools, .. TraceFlags.All, ServeFlags.ManagementBind, ServeFlags.ManagementPort, ServeFlags.TokensFile,
    ];

    public static async Task RunAsync(Call call, MemberOptions options, Supervision supervision, ServeLog log)
    {
        Warn(call);
        var uri = options.StoreUri!;
        var socket = await MemberOfAsync(call, uri, options.Socket!);
        await using var edge = await ForwardingEdge.StartAsync(
            options, () => Store.HolderOf(uri) is { IsServing: true, Socket: { } at } ? at : socket, call.Shell.Time, log.Factory);
        var address = ServeBanner.Address(options, edge.Port);
        log.Factory.CreateLogger("berth.serve").EdgeStarted(VersionVerb.Current, address, socket);
        if (!call.Shell.IsRelay && !log.IsJson)
        {
            await call.Shell.Out.WriteAsync(
                $"berth {VersionVerb.Current}: an edge without pools\n  edge     {address}\n  member   {socket}\n");
            await call.Shell.Out.FlushAsync(CancellationToken.None);
        }

        supervision.Serves(options.Bind, edge.Port, () => new SupervisedState(HasJoined: true, $"edge {edge.Port}, without pools"));
        await edge.RunAsync(call.Shell.Stop);
    }

    private static void Warn(Call call)
    {
        var idle = _ofMembers.Select(call.Settings.Source).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (idle.Count > 0)
        {
            call.Shell.Error.WriteLine(
                $"warning: {string.Join(", ", idle)}: without effect with --edge, which has no metrics, traces and management port of its own: give it to the member");
        }
    }

    /// <summary>The socket of the member that serves the database. It may be just starting.</summary>
    private static async Task<string> MemberOfAsync(Call call, StorageUri uri, string at)
    {
        var began = call.Shell.Time.GetTimestamp();
        while (true)
        {
            if (Store.HolderOf(uri) is { IsServing: true, Socket: { } socket } && File.Exists(socket))
            {
                return socket;
            }

            if (uri.IsShared && File.Exists(at))
            {
                return at;
            }

            if (call.Shell.Time.GetElapsedTime(began) >= _patience)
            {
                throw new CommandFailedException(
                    uri.IsShared ? $"no member serves the socket {at}: start one first, or name another with --socket or --member-name"
                        : $"database {uri.Path} is not served: start a member on it first, or leave out --edge", ExitCode.Unreachable, atStart: true);
            }

            await Task.Delay(_pause, call.Shell.Time, call.Shell.Stop);
        }
    }
}
