using Berth.Pools;
using Berth.Runtime;
using Berth.Runtime.Audit;
using Berth.Runtime.Journal;
using Berth.Runtime.Metrics;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;
using Berth.Runtime.Routing;
using Berth.Server.Audit;
using Berth.Server.Cluster;
using Berth.Server.Forwarding;
using Berth.Server.Http;
using Berth.Server.Management;
using Berth.Server.Metrics;
using Berth.Server.Tls;
using Berth.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Berth.Server;

/// <summary>One member: the store, the pools it answers for, and the edge in front of them; in a cluster, also its way to the others.</summary>
public sealed class Member : IAsyncDisposable
{
    /// <summary>Pools that a member of a cluster opens at the same time: a shared store opens those that wait together, and each waits for the network.</summary>
    private const int OpenedTogetherInCluster = 256;

    /// <summary>How long a start waits for the member to have joined. It goes on trying after that.</summary>
    private static readonly TimeSpan _joinPatience = TimeSpan.FromSeconds(10);

    private readonly Store? _store;
    private readonly PoolHost _host;
    private readonly ClusterSide? _cluster;
    private readonly TimeProvider _time;
    private readonly MemberAudit _audit;
    private readonly ProbeEndpoints _probes = new();
    private readonly WebApplication _edge;
    private readonly CancellationTokenSource _stopPools = new();
    private Task _pools = Task.CompletedTask;

    private Member(MemberOptions options, MemberStores stores, ClusterSide? cluster, TimeProvider time, ILoggerFactory logs)
    {
        _store = stores.Opened;
        _cluster = cluster;
        _time = time;
        Journal = stores.Journal;
        Id = MemberId.Of(options.Cluster?.Member ?? options.MemberId, time.GetUtcNow());
        _host = cluster?.Member.Pools ?? new PoolHost(Journal, stores.Epoch, time, PoolOptionsOf(options), logs.CreateLogger("berth.pools"));
        Router = cluster?.Member.Router ?? new ClaimRouter(_host);
        Copy = new CopyGuard(_host, _store, logs.CreateLogger("berth.store"));
        _audit = new MemberAudit(
            _host,
            Journal,
            _store?.ClusterId ?? "memory",
            stores.Signer,
            options.Retention,
            time,
            logs.CreateLogger("berth.audit"),
            cluster is null ? null : () => cluster.Member.OwnsGlobalPool);
        _probes.ServesAll = () => cluster is not null || _host.ServesAll;
        _probes.IsMember = cluster is null ? null : () => cluster.Member.IsReady;
        _probes.Withholds = () => Copy.Withheld is not null ? "restored copy, not confirmed: no seats are given"
            : _host.HasSeenLoss ? "the store went back in time: seats are withheld where it may have forgotten some"
            : null;
        var licenses = new LicenseBodies(Journal);
        var clock = new AnswerClock(time);
        var signature = string.IsNullOrEmpty(options.SigningSecret) ? null : new AnswerSignature(options.SigningSecret);
        var results = new ReplyResults(clock, signature, licenses);
        var log = logs.CreateLogger("berth.edge");
        var edge = new EdgeParts(Router, options, new Callers(options.Audit), new OwedLicenses(), RateLimits.Of(options, time, log), log)
        {
            Measures = new EdgeMeasures(time),
        };
        Metrics = new MemberMetrics(_host, cluster?.Member, edge, _probes, stores.Told(options, time), time);
        NativeClaims NativeOf(EdgeParts parts) => new(parts, new NativeResults(Id, stores.Epoch, time), Journal, time);
        var endpoints = new ClaimEndpoints(edge, clock, results, _probes, NativeOf(edge));

        // A forwarding edge signs, limits and locks by itself.
        var unsigned = new ReplyResults(clock, null, licenses);
        Forwarded = new ForwardedClaims(only =>
        {
            var there = edge with { Options = options with { PoolLock = only }, Limits = null };
            return new ClaimEndpoints(there, clock, unsigned, _probes, NativeOf(there));
        });
        Certificate = ServerCertificate.Of(options, time, log);
        _edge = EdgeListener.Build(options, Certificate, time, logs, endpoints.HandleAsync, edge.Measures.ConnectionsRefused);
    }

    /// <summary>What it is called in <c>Berth-Member</c>; another after each start unless <see cref="MemberOptions.MemberId"/> says so.</summary>
    public string Id { get; }

    /// <summary>What it shows over TLS; null: it has none.</summary>
    public ServerCertificate? Certificate { get; }

    /// <summary>The port that the edge listens on.</summary>
    public int EdgePort { get; private set; }

    /// <summary>Takes what forwarding edges bring over the socket.</summary>
    internal ForwardedClaims Forwarded { get; }

    /// <summary>What it tells of itself.</summary>
    public MemberMetrics Metrics { get; }

    /// <summary>The pools.</summary>
    public PoolHost Pools => _host;

    /// <summary>Brings commands to the members that answer for their pools.</summary>
    public ClaimRouter Router { get; }

    /// <summary>Its part in the cluster; null: it is the only member.</summary>
    public ClusterMember? InCluster => _cluster?.Member;

    /// <summary>The port that other members reach it at; 0: there are none.</summary>
    public int ClusterPort => _cluster?.Port ?? 0;

    /// <summary>Withholds seats while the store is a restored copy that nobody has confirmed.</summary>
    public CopyGuard Copy { get; }

    /// <summary>Where their events are kept.</summary>
    public IJournal Journal { get; }

    /// <summary>Where exports of the history come from.</summary>
    public AuditSource Audit => _audit.Source;

    /// <summary>
    /// Opens the store, reads the pools and begins to listen; in a cluster it joins. Throws <see cref="StoreException"/> when the store cannot be
    /// used, <see cref="StoreHeldException"/> when another process serves it, <see cref="IOException"/> when the address
    /// cannot be listened on or the certificate cannot be used, <see cref="InvalidOperationException"/> when options do not fit each other,
    /// <see cref="JoinRefusedException"/> when the member does not fit the cluster.
    /// </summary>
    public static async Task<Member> StartAsync(MemberOptions options, TimeProvider time, ILoggerFactory logs)
    {
        var uri = options.StoreUri ?? StorageUri.Parse(options.Store);
        MemberStores.Check(options, uri.IsShared);
        var socket = options.Socket ?? (uri.IsShared ? null : ManagementListener.SocketFor(uri.Path));
        var store = await Store.OpenAsync(uri, StoreUse.Serve, new StoreOptions { Time = time, Socket = socket });
        AuditSigner? signer;
        try
        {
            var key = options.KeyFile ?? (uri.IsShared ? null : MemberKeyFile.Beside(uri.Path));
            signer = key is null ? null : MemberKeyFile.Open(key, logs.CreateLogger("berth.audit"));
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }

        return await StartAsync(options, new MemberStores(store.Journal, store.Epoch, store, store.Shared, signer), time, logs);
    }

    /// <summary>Starts a member over stores that are open already.</summary>
    internal static async Task<Member> StartAsync(MemberOptions options, MemberStores stores, TimeProvider time, ILoggerFactory logs)
    {
        ClusterSide? cluster = null;
        Member? member = null;
        try
        {
            MemberStores.Check(options, stores.Shared is not null);
            stores = stores.Measured(time);
            cluster = stores.Shared is null
                ? null
                : await ClusterSide.StartAsync(options, stores.Journal, stores.Shared, PoolOptionsOf(options), time, logs);
            member = new Member(options, stores, cluster, time, logs);
            await member.StartAsync();
            return member;
        }
        catch
        {
            await (member?.DisposeAsync() ?? cluster?.DisposeAsync() ?? ValueTask.CompletedTask);
            await (member is null ? stores.Opened?.DisposeAsync() ?? ValueTask.CompletedTask : ValueTask.CompletedTask);
            throw;
        }
    }

    /// <summary>
    /// Serves until <paramref name="stop"/>. Then requests under way are finished, the pools write what they decided, and
    /// the store is closed by <see cref="DisposeAsync"/>. In a cluster the pools are handed on first, while the edge still answers and sends on
    /// what comes in. Ends early, with the reason, only when the pools fail or the cluster refuses the member.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = stop.Register(asked.SetResult);
        var ended = await Task.WhenAny(asked.Task, _pools);
        _probes.Ready = false;
        await (_cluster?.HandOnAsync(() => _probes.IsLeaving = true) ?? Task.CompletedTask);
        await _edge.StopAsync(CancellationToken.None);
        await _audit.BeginStopAsync();
        await _stopPools.CancelAsync();
        await (_cluster?.LeaveAsync() ?? _pools);
        if (ended == _pools)
        {
            throw new InvalidOperationException("The pools stopped by themselves; the log says why.");
        }
    }

    /// <summary>
    /// Closes both ports and every connection, as the end of the process would: nothing is answered any more, and nothing handed on. It must be disposed of all the same.
    /// </summary>
    internal async ValueTask AbortAsync()
    {
        await (_cluster?.AbortAsync() ?? ValueTask.CompletedTask);
        await _edge.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _edge.DisposeAsync();
            await _audit.BeginStopAsync();
            await _stopPools.CancelAsync();
            await (_cluster?.DisposeAsync() ?? new ValueTask(_pools));
            await (_cluster is null ? _host.StopAsync() : Task.CompletedTask);
            await _audit.DisposeAsync();
        }
        finally
        {
            _host.Dispose();
            Copy.Dispose();
            Metrics.Dispose();
            _stopPools.Dispose();
            if (_store is not null)
            {
                await _store.DisposeAsync();
            }
        }
    }

    /// <summary>
    /// In a cluster the edge listens before the member has joined: it says that it lives and is not ready, and holds what comes in for a moment.
    /// </summary>
    private async Task StartAsync()
    {
        if (_cluster is null)
        {
            await _host.StartAsync();
            _pools = _host.RunAsync(_stopPools.Token);
        }

        _audit.Start();
        await _edge.StartAsync();
        EdgePort = EdgeListener.PortOf(_edge);
        if (_cluster is not null)
        {
            await _cluster.JoinAsync(_joinPatience, _time);
            _pools = _cluster.Running;
        }

        _probes.Ready = true;
    }

    private static PoolHostOptions PoolOptionsOf(MemberOptions options) => new()
    {
        Rules = new PoolRules(Policy.Default, options.EnforceExpiry, options.IgnoreExceptions),
        ExplicitPolicy = options.ExplicitPolicy,
        ExclusiveNodes = options.ExclusiveNodes,
        CullInterval = options.CullInterval,
        MailboxCapacity = Math.Max(options.MaxConnections, new PoolHostOptions().MailboxCapacity),
        CountDenials = options.Audit,
        OpenedTogether = options.Cluster is null ? new PoolHostOptions().OpenedTogether : OpenedTogetherInCluster,
        RandomSeed = BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(ulong))),
    };
}
