using System.Net.Sockets;
using Berth.Cli.Access;
using Berth.Cli.Output;
using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Ownership;
using Berth.Server;
using Berth.Server.Lifetime;
using Berth.Server.Logs;
using Berth.Server.Management;
using Berth.Server.Metrics;
using Berth.Server.Tracing;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Verbs;

/// <summary>Runs a member until it is told to stop.</summary>
internal static class ServeVerb
{
    public static readonly Verb Definition = new("serve", "", "Hand out seats over HTTP", ServeFlags.All, RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        var options = ServeSettings.Read(call);
        using var log = ServeLog.Create(call);
        if (call.Shell.IsRelay && !log.IsJson)
        {
            call.Shell.Out.WriteLine("the server is starting");
            await call.Shell.Out.FlushAsync(CancellationToken.None);
        }

        var logs = log.Factory;
        await using var supervision = Supervision.Begin(call.Shell.Environment, call.Shell.Time, logs.CreateLogger("berth.supervisor"));
        using var stopping = call.Shell.Stop.Register(supervision.Stops);
        try
        {
            await RelayConversion.ForServingAsync(call, options.StoreUri!, options.ExplicitPolicy);
            await (call.Settings.Switch(ServeFlags.Edge) == true ? ServeEdge.RunAsync(call, options, supervision, log) : ServeAsync(call, options, supervision, log));
            return ExitCode.Done;
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            logs.CreateLogger("berth.serve").ServerFailedToStart();
            throw new CommandFailedException(Reason(options, error), ExitCode.Failed, atStart: !call.Shell.IsRelay);
        }
        catch (JoinRefusedException error)
        {
            throw new CommandFailedException(error.Message, ExitCode.Refused, atStart: true);
        }
        catch (InvalidOperationException error)
        {
            throw new CommandFailedException(error.Message, ExitCode.Failed, atStart: true);
        }
    }

    private static async Task ServeAsync(Call call, MemberOptions options, Supervision supervision, ServeLog log)
    {
        var logs = log.Factory;
        var time = call.Shell.Time;
        var since = time.GetUtcNow();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(call.Shell.Stop);
        RuntimeFolder.Prepare(call, options.Socket!);
        using var traces = options.Traces is { } asked ? TraceExport.Start(asked, time, logs) : null;
        await using var member = await Member.StartAsync(options, time, logs);
        ServerDescription Describe() => new(VersionVerb.Current, Environment.ProcessId, options.Store, member.EdgePort, since);
        var report = new ServeReport(call, options, member.EdgePort);
        var administration = new Administration(
            member.InCluster is null ? new ManagedPools(member.Pools) : new ManagedPools(member.Pools, member.Router),
            member.Journal,
            time,
            Describe,
            options.Audit ? new Who("operator", "unix", null, null) : Who.Nobody,
            report.Under)
        {
            AuditSource = member.Audit,
            Copy = member.Copy,
            Metrics = member.Metrics,
            Steering = SteeringOf(member, options, leaving, time, logs),
            MemberLog = new MemberLog(log.Ring, time, leaving.Token),
        };
        await using (await ManagementListener.StartAsync(administration, member, options.Socket!, logs))
        {
            await using var port = options.ManagementPort is { } management
                ? await ManagementPort.StartAsync(management, administration, member.Certificate, time, logs)
                : null;
            await using var metrics = options.MetricsBind is { } at ? await MetricsListener.StartAsync(at, member, time, logs) : null;
            await WarnAsync(call, administration);
            var said = logs.CreateLogger("berth.serve");
            var (edge, place) = (ServeBanner.Address(options, member.EdgePort), ServeBanner.Place(port?.Address));
            said.Started(VersionVerb.Current, options.Store, edge, options.Socket, place);
            if (log.IsJson)
            {
                ServeBanner.LogFindings(call, options, said);
            }
            else if (!call.Shell.IsRelay)
            {
                await ServeBanner.WriteAsync(call, options, member.EdgePort, (port?.Address, metrics?.Address), administration);
            }

            using var stopping = leaving.Token.Register(supervision.Stops);
            supervision.Serves(options.Bind, member.EdgePort, () => StateOf(member));
            try
            {
                await member.RunAsync(leaving.Token);
            }
            finally
            {
                supervision.Stops();
            }
        }
    }

    private static SupervisedState StateOf(Member member) => member.InCluster is not { } cluster
        ? new SupervisedState(HasJoined: true, $"edge {member.EdgePort}{(member.Pools.ServesAll ? string.Empty : ", a pool is lost: see the log")}")
        : new SupervisedState(
            cluster.IsReady, $"edge {member.EdgePort}, {cluster.Ownership.ShardsHeld} shards{(cluster.IsReady ? string.Empty : ", without a lease")}");

    private static ClusterSteering? SteeringOf(
        Member member, MemberOptions options, CancellationTokenSource leaving, TimeProvider time, ILoggerFactory logs) =>
        member.InCluster is not { } cluster ? null
        : new ClusterSteering(options.Cluster!.Name, cluster.Table, time, logs.CreateLogger("berth.cluster"))
        {
            Member = cluster,
            Leave = leaving.Cancel,
        };

    /// <summary>Called <c>relay</c>, pools all do the same, whatever was set for them.</summary>
    private static async Task WarnAsync(Call call, Administration administration)
    {
        if (!call.Shell.IsRelay)
        {
            return;
        }

        foreach (var pool in await administration.AllPoolsAsync(call.Shell.Stop))
        {
            if (pool.Exception != PolicyParts.None)
            {
                call.Shell.Error.WriteLine($"warning: pool {pool.Name} has settings of its own, which are ignored under the name relay");
            }
        }
    }

    private static string Reason(MemberOptions options, Exception error)
    {
        if (error is ManagementPortException or MetricsListenerException)
        {
            return error.Message;
        }

        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
            {
                return $"listen tcp {options.Bind}:{options.EdgePort}: bind: address already in use";
            }
        }

        return error is SocketException ? $"listen tcp {options.Bind}:{options.EdgePort}: {error.Message}" : error.Message;
    }
}

internal static partial class ServeVerbLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "serve.failed: server failed to start")]
    public static partial void ServerFailedToStart(this ILogger log);

    [LoggerMessage(Level = LogLevel.Information, Message = "serve.started: berth {version} serves {store} at {edge}, its socket is {socket}, its management port {management}")]
    public static partial void Started(this ILogger log, string version, string store, string edge, string? socket, string management);

    [LoggerMessage(Level = LogLevel.Information, Message = "serve.edge: berth {version}, an edge without pools, listens at {edge} for the member at {socket}")]
    public static partial void EdgeStarted(this ILogger log, string version, string edge, string socket);

    [LoggerMessage(Level = LogLevel.Warning, Message = "serve.warning: {check}: {finding}; {remedy}")]
    public static partial void Finding(this ILogger log, string check, string finding, string remedy);

    [LoggerMessage(Level = LogLevel.Error, Message = "serve.problem: {check}: {finding}; {remedy}")]
    public static partial void ProblemFound(this ILogger log, string check, string finding, string remedy);
}
