using System.Reflection;
using Berth.Runtime;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;
using Berth.Storage;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Cluster;

/// <summary>A member's part in its cluster: the port that others reach it at, the wire to them, and the <see cref="ClusterMember"/> between the two.</summary>
internal sealed class ClusterSide : IAsyncDisposable
{
    /// <summary>The build that runs, as operators are told.</summary>
    private static string Version { get; } =
        typeof(ClusterSide).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    private readonly ClusterPort _port;
    private readonly HopRequests _requests;
    private readonly HttpMessageInvoker _wire;
    private readonly SecretWatch _secrets;
    private readonly CancellationTokenSource _leave = new();

    /// <summary>Nothing more is read, and nothing recorded.</summary>
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _handedOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _edgeStopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task _followingSecrets = Task.CompletedTask;
    private Task _lookingForName = Task.CompletedTask;

    private ClusterSide(ClusterPort port, HopRequests requests, HttpMessageInvoker wire, SecretWatch secrets, ClusterMember member)
    {
        _port = port;
        _requests = requests;
        _wire = wire;
        _secrets = secrets;
        Member = member;
    }

    /// <summary>The member without its ports.</summary>
    public ClusterMember Member { get; }

    /// <summary>Where others reach it.</summary>
    public int Port => _port.Port;

    /// <summary>Its life in the cluster, from joining to having left.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    /// <summary>
    /// Listens at the cluster port, and joins nothing yet. Throws <see cref="InvalidOperationException"/> when the options cannot be used, <see cref="IOException"/>
    /// when the port cannot be listened on or a certificate cannot be used.
    /// </summary>
    public static async Task<ClusterSide> StartAsync(
        MemberOptions options, IJournal journal, SharedStore store, PoolHostOptions pools, TimeProvider time, ILoggerFactory logs)
    {
        var cluster = options.Cluster!;
        var log = logs.CreateLogger("berth.cluster");
        var secrets = SecretWatch.Of(cluster, time, log);
        var tls = ClusterTls.Of(cluster, time, log);
        _ = ClusterAddress.Advertised(cluster.Advertise, 0);
        var requests = new HopRequests(() => secrets.Current, time, log);
        var port = await ClusterPort.StartAsync(cluster, requests, tls, time, logs);
        var wire = new HttpMessageInvoker(new SealedWire(() => secrets.Current, time, ClusterSockets.Build(tls, time)));
        var card = new MemberCard(
            cluster.Member,
            ClusterAddress.Advertised(cluster.Advertise, port.Port),
            cluster.Name,
            secrets.Current.First.Digest,
            FeatureLevels.Newest,
            cluster.Lease,
            options.ExplicitPolicy);
        var member = new ClusterMember(new ClusterMemberParts(card, journal, store.Table, wire, time, log)
        {
            Pools = pools,
            Ownership = cluster.Ownership with { FindEvidence = new DeathSigns(store).FindAsync, CardNow = said => secrets.Current.Over(said) },
            Routing = cluster.Routing with { Scheme = tls is null ? "http" : "https" },
            Version = Version,
        });
        requests.Handler = member.HandleHopAsync;
        var side = new ClusterSide(port, requests, wire, secrets, member);
        side._lookingForName = AdvertisedName.WarnAsync(cluster, time, log, side._ended.Token);
        return side;
    }

    /// <summary>
    /// Begins to join, and returns once it has, or after <paramref name="patience"/>: then it goes on trying. Throws <see cref="JoinRefusedException"/>.
    /// </summary>
    public async Task JoinAsync(TimeSpan patience, TimeProvider time)
    {
        Running = Member.RunAsync(_leave.Token, HandedOnAsync);
        _followingSecrets = _secrets.RunAsync(Member, _ended.Token);
        using var late = new CancellationTokenSource(patience, time);
        while (Member.Ownership.Self.Value == 0 && !Running.IsCompleted && !late.IsCancellationRequested)
        {
            await Task.WhenAny(Running, Task.Delay(_look, time, CancellationToken.None));
        }

        if (Running.IsCompleted)
        {
            await Running;
        }
    }

    /// <summary>Begins to leave, and returns once everything was handed on to others: it still answers and sends on what comes in.</summary>
    /// <param name="begun">Called before the first shard is handed on.</param>
    public async Task HandOnAsync(Action begun)
    {
        begun();
        await _leave.CancelAsync();
        await Task.WhenAny(_handedOn.Task, Running);
    }

    /// <summary>Nothing comes in any more: leaves, and closes the port. Rethrows what ended <see cref="Running"/>.</summary>
    public async Task LeaveAsync()
    {
        await _leave.CancelAsync();
        _edgeStopped.TrySetResult();
        try
        {
            await Running;
        }
        finally
        {
            _requests.Handler = null;
            await _port.StopAsync();
        }
    }

    /// <summary>Closes the port, every connection and the wire to the others, and leaves nothing in order.</summary>
    public async ValueTask AbortAsync()
    {
        await _ended.CancelAsync();
        await _port.DisposeAsync();
        _wire.Dispose();
    }

    /// <summary>Leaves, if it has not left, and closes the port and every connection. What ended <see cref="Running"/> is not thrown again.</summary>
    public async ValueTask DisposeAsync()
    {
        await _leave.CancelAsync();
        _edgeStopped.TrySetResult();
        await _ended.CancelAsync();
        await Task.WhenAny(Running);
        await _followingSecrets;
        await _lookingForName;
        _requests.Handler = null;
        await _port.DisposeAsync();
        _wire.Dispose();
        Member.Dispose();
        _leave.Dispose();
        _ended.Dispose();
    }

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(20);

    private Task HandedOnAsync()
    {
        _handedOn.TrySetResult();
        return _edgeStopped.Task;
    }
}
