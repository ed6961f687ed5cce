using Berth.Pools;
using Berth.Runtime.Audit;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Runtime.Routing;
using Berth.Server.Audit;
using Berth.Server.Forwarding;
using Berth.Server.Http;
using Berth.Server.Management;
using Berth.Server.Tls;
using Berth.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Berth.Server;

/// <summary>One member: the store, the pools it answers for, and the edge in front of them.</summary>
public sealed class Member : IAsyncDisposable
{
    private readonly Store? _store;
    private readonly PoolHost _host;
    private readonly MemberAudit _audit;
    private readonly ProbeEndpoints _probes = new();
    private readonly WebApplication _edge;
    private readonly CancellationTokenSource _stopPools = new();
    private Task _pools = Task.CompletedTask;

    private Member(
        MemberOptions options, IJournal journal, Epoch epoch, Store? store, AuditSigner? signer, TimeProvider time, ILoggerFactory logs)
    {
        _store = store;
        Journal = journal;
        Id = MemberId.Of(options.MemberId, time.GetUtcNow());
        _host = new PoolHost(journal, epoch, time, PoolOptionsOf(options), logs.CreateLogger("berth.pools"));
        Copy = new CopyGuard(_host, store, logs.CreateLogger("berth.store"));
        var cluster = store?.ClusterId ?? "memory";
        _audit = new MemberAudit(_host, journal, cluster, signer, options.Retention, time, logs.CreateLogger("berth.audit"));
        _probes.ServesAll = () => _host.ServesAll;
        _probes.Withholds = () => Copy.Withheld is not null;
        var licenses = new LicenseBodies(journal);
        ForgetChanged(licenses);
        var clock = new AnswerClock(time);
        var signature = string.IsNullOrEmpty(options.SigningSecret) ? null : new AnswerSignature(options.SigningSecret);
        var results = new ReplyResults(clock, signature, licenses);
        var router = new ClaimRouter(_host);
        var log = logs.CreateLogger("berth.edge");
        var edge = new EdgeParts(router, options, new Callers(options.Audit), new OwedLicenses(), RateLimits.Of(options, time, log), log);
        var native = new NativeClaims(edge, new NativeResults(Id, epoch, time), journal, time);
        var endpoints = new ClaimEndpoints(edge, clock, results, _probes, native);

        // A forwarding edge signs, limits and locks by itself.
        var unsigned = new ReplyResults(clock, null, licenses);
        Forwarded = new ForwardedClaims(only =>
        {
            var there = edge with { Options = options with { PoolLock = only }, Limits = null };
            return new ClaimEndpoints(there, clock, unsigned, _probes, new NativeClaims(there, new NativeResults(Id, epoch, time), journal, time));
        });
        Certificate = ServerCertificate.Of(options, time, log);
        _edge = EdgeListener.Build(options, Certificate, time, logs, endpoints.HandleAsync);
    }

    /// <summary>What it is called in <c>Berth-Member</c>; another after each start unless <see cref="MemberOptions.MemberId"/> says so.</summary>
    public string Id { get; }

    /// <summary>What it shows over TLS; null: it has none.</summary>
    public ServerCertificate? Certificate { get; }

    /// <summary>The port that the edge listens on.</summary>
    public int EdgePort { get; private set; }

    /// <summary>Takes what forwarding edges bring over the socket.</summary>
    internal ForwardedClaims Forwarded { get; }

    /// <summary>The pools.</summary>
    public PoolHost Pools => _host;

    /// <summary>Withholds seats while the store is a restored copy that nobody has confirmed.</summary>
    public CopyGuard Copy { get; }

    /// <summary>Where their events are kept.</summary>
    public IJournal Journal { get; }

    /// <summary>Where exports of the history come from.</summary>
    public AuditSource Audit => _audit.Source;

    /// <summary>
    /// Opens the store, reads the pools and begins to listen. Throws <see cref="StoreException"/> when the store cannot be
    /// used, <see cref="StoreHeldException"/> when another process serves it, <see cref="IOException"/> when the address
    /// cannot be listened on or the certificate cannot be used.
    /// </summary>
    public static async Task<Member> StartAsync(MemberOptions options, TimeProvider time, ILoggerFactory logs)
    {
        var uri = options.StoreUri ?? StorageUri.Parse(options.Store);
        var socket = options.Socket ?? ManagementListener.SocketFor(uri.Path);
        var store = await Store.OpenAsync(uri, StoreUse.Serve, new StoreOptions { Time = time, Socket = socket });
        AuditSigner? signer;
        try
        {
            signer = MemberKeyFile.Open(options.KeyFile ?? MemberKeyFile.Beside(uri.Path), logs.CreateLogger("berth.audit"));
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }

        return await StartAsync(options, store.Journal, store.Epoch, store, time, logs, signer);
    }

    /// <summary>Starts a member over a journal that is open already; it closes <paramref name="store"/> at its end.</summary>
    internal static async Task<Member> StartAsync(
        MemberOptions options,
        IJournal journal,
        Epoch epoch,
        Store? store,
        TimeProvider time,
        ILoggerFactory logs,
        AuditSigner? signer = null)
    {
        Member? member = null;
        try
        {
            member = new Member(options, journal, epoch, store, signer, time, logs);
            await member.StartAsync();
            return member;
        }
        catch
        {
            await (member?.DisposeAsync() ?? store?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }
    }

    /// <summary>
    /// Serves until <paramref name="stop"/>. Then requests under way are finished, the pools write what they decided, and
    /// the store is closed by <see cref="DisposeAsync"/>. Ends early, with the reason, only when the pools fail.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = stop.Register(asked.SetResult);
        var ended = await Task.WhenAny(asked.Task, _pools);
        _probes.Ready = false;
        await _edge.StopAsync(CancellationToken.None);
        await _audit.BeginStopAsync();
        await _stopPools.CancelAsync();
        await _pools;
        if (ended == _pools)
        {
            throw new InvalidOperationException("The pools stopped by themselves; the log says why.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _edge.DisposeAsync();
            await _audit.BeginStopAsync();
            await _stopPools.CancelAsync();
            await _pools;
            await _host.StopAsync();
            await _audit.DisposeAsync();
        }
        finally
        {
            _host.Dispose();
            Copy.Dispose();
            _stopPools.Dispose();
            if (_store is not null)
            {
                await _store.DisposeAsync();
            }
        }
    }

    private async Task StartAsync()
    {
        await _host.StartAsync();
        _pools = _host.RunAsync(_stopPools.Token);
        _audit.Start();
        await _edge.StartAsync();
        EdgePort = EdgeListener.PortOf(_edge);
        _probes.Ready = true;
    }

    /// <summary>
    /// A license is forgotten when it is taken out, to make room, and when it is put in: an answer to an earlier holder may
    /// have brought the old file back in between.
    /// </summary>
    private void ForgetChanged(LicenseBodies licenses)
    {
        _host.OnDurable += (_, happened) =>
        {
            if (happened is LicenseRemoved removed)
            {
                licenses.Forget(removed.Id);
            }
            else if (happened is LicenseAdded added)
            {
                licenses.Forget(added.Id);
            }
            else if (happened is LicenseImported imported)
            {
                licenses.Forget(imported.Id);
            }
            else if (happened is LicenseChanged changed)
            {
                licenses.Forget(changed.Id);
            }
        };
    }

    private static PoolHostOptions PoolOptionsOf(MemberOptions options) => new()
    {
        Rules = new PoolRules(Policy.Default, options.EnforceExpiry, options.IgnoreExceptions),
        ExplicitPolicy = options.ExplicitPolicy,
        ExclusiveNodes = options.ExclusiveNodes,
        CullInterval = options.CullInterval,
        MailboxCapacity = Math.Max(options.MaxConnections, new PoolHostOptions().MailboxCapacity),
        CountDenials = options.Audit,
        RandomSeed = BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(ulong))),
    };
}
