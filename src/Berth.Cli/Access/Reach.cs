using Berth.Cli.Output;
using Berth.Cli.Verbs;
using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Audit;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Server;
using Berth.Server.Audit;
using Berth.Server.Management;
using Berth.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Cli.Access;

/// <summary>The way to a store: through a member that was named, through the one that serves it here, or else the store itself, opened here for a moment.</summary>
internal sealed class Reach : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    private readonly ManagementClient? _client;
    private readonly Store? _store;
    private readonly PoolHost? _host;
    private readonly CopyGuard? _copy;

    private Reach(ManagementClient client)
    {
        _client = client;
        Administration = client;
    }

    private Reach(Store? store, PoolHost host, CopyGuard copy, IAdministration administration)
    {
        _copy = copy;
        _store = store;
        _host = host;
        Administration = administration;
    }

    /// <summary>What can be asked.</summary>
    public IAdministration Administration { get; }

    /// <summary>A running member answers.</summary>
    public bool IsServed => _client is not null;

    /// <summary>For a verb that changes something: the member's socket, or the store under its lock.</summary>
    /// <param name="call">The verb.</param>
    /// <param name="policy">What is to be recorded as the cluster's policy where no member serves the store; null: nothing.</param>
    public static async Task<Reach> ForWritingAsync(Call call, PolicyException? policy = null)
    {
        if ((SocketMember.Named(call) ?? RemoteMember.Of(call) ?? await NearMember.OfAsync(call)) is { } named)
        {
            return new Reach(named);
        }

        var uri = StoreChoice.Of(call);
        if (uri.IsShared)
        {
            return await SocketMember.OfAsync(call, uri) is { } member ? new Reach(member) : throw SocketMember.NeedsMember(uri);
        }

        await RelayConversion.ForVerbAsync(call, uri);
        var began = call.Shell.Time.GetTimestamp();
        while (true)
        {
            try
            {
                var store = await Store.OpenAsync(uri, StoreUse.Verb, new StoreOptions { Time = call.Shell.Time });
                return await StartAsync(call, uri, store, store.Journal, policy);
            }
            catch (StoreHeldException held) when (held.Holder is { IsServing: true, Socket: { } socket })
            {
                // The member may be just starting or ending; then neither its socket nor its lock is to be had for a moment.
                var patient = call.Shell.Time.GetElapsedTime(began) < _patience;
                if (await AskAsync(call, socket, patient) is { } client)
                {
                    return new Reach(client);
                }
            }

            await Task.Delay(_pause, call.Shell.Time, call.Shell.Stop);
        }
    }

    /// <summary>For a verb that only looks. Called <c>relay</c>, it makes the database first, as Relay does.</summary>
    public static async Task<Reach> ForReadingAsync(Call call)
    {
        if ((SocketMember.Named(call) ?? RemoteMember.Of(call) ?? await NearMember.OfAsync(call)) is { } named)
        {
            return new Reach(named);
        }

        var uri = StoreChoice.Of(call);
        if (uri.IsShared)
        {
            return await SocketMember.OfAsync(call, uri) is { } member ? new Reach(member) : await ReadAsync(call, uri);
        }

        await RelayConversion.ForVerbAsync(call, uri);
        if (await ServingAsync(call, uri) is { } client)
        {
            return new Reach(client);
        }

        if (!File.Exists(uri.Path))
        {
            return call.Shell.IsRelay
                ? await ForWritingAsync(call)
                : throw new CommandFailedException($"there is no database {uri.Path}", ExitCode.NotFound, atStart: true);
        }

        return await ReadAsync(call, uri);
    }

    private static async Task<Reach> ReadAsync(Call call, StorageUri uri)
    {
        var store = await Store.OpenAsync(uri, StoreUse.Read, new StoreOptions { Time = call.Shell.Time });
        return await StartAsync(call, uri, store, new ReadingJournal(store.Journal), policy: null);
    }

    /// <summary>For a verb that finds out what it would do. A store that is missing is an empty one, and stays missing.</summary>
    public static async Task<Reach> ForRehearsalAsync(Call call)
    {
        var uri = StoreChoice.Of(call);
        return uri.IsShared || File.Exists(uri.Path) || Store.HolderOf(uri) is not null
            ? await ForReadingAsync(call)
            : await StartAsync(call, uri, store: null, new MemoryJournal(), policy: null);
    }

    /// <summary>A store that nobody else knows of yet.</summary>
    public static async Task<Reach> OfNewAsync(Call call, StorageUri uri, PolicyException policy)
    {
        var store = await Store.OpenAsync(uri, StoreUse.Verb, new StoreOptions { Time = call.Shell.Time });
        return await StartAsync(call, uri, store, store.Journal, policy);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
            _copy?.Dispose();
        }

        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    /// <summary>A client of the member that the lock file names, if one answers: the file may be left by a member that was killed.</summary>
    private static async Task<ManagementClient?> ServingAsync(Call call, StorageUri uri)
    {
        if (Store.HolderOf(uri) is not { IsServing: true, Socket: { } socket } || !File.Exists(socket))
        {
            return null;
        }

        return await AskAsync(call, socket, patient: true);
    }

    /// <summary>A client of the member on a socket. Null, or the failure itself for who is not patient: none answers.</summary>
    private static async Task<ManagementClient?> AskAsync(Call call, string socket, bool patient)
    {
        var client = new ManagementClient(socket, call.Shell.Time);
        try
        {
            await client.DescribeServerAsync(call.Shell.Stop);
            return client;
        }
        catch (ManagementUnreachableException) when (patient)
        {
            client.Dispose();
            return null;
        }
    }

    private static async Task<Reach> StartAsync(Call call, StorageUri uri, Store? store, IJournal journal, PolicyException? policy)
    {
        var options = new PoolHostOptions
        {
            Rules = PoolRules.Default with { EnforceExpiry = !call.Shell.IsRelay, IgnoreExceptions = call.Shell.IsRelay },
            ExplicitPolicy = policy ?? PolicyException.None,
        };
        var host = new PoolHost(journal, store?.Epoch ?? new Epoch(1), call.Shell.Time, options, new WarningLines(call.Shell));
        try
        {
            await host.StartAsync();
        }
        catch (InvalidOperationException error)
        {
            await host.StopAsync();
            host.Dispose();
            await (store?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw new StoreException($"database {(uri.IsShared ? uri.ToString() : uri.Path)} cannot be used: {error.Message}", error);
        }

        var started = call.Shell.Time.GetUtcNow();
        ServerDescription Describe() => new(VersionVerb.Current, Environment.ProcessId, uri.ToString(), 0, started);
        var copy = new CopyGuard(host, store, NullLogger.Instance);
        var administration = new Administration(host, journal, call.Shell.Time, Describe, WhoCalls(call))
        {
            AuditSource = store is null ? null : AuditOf(call, uri, store),
            Copy = copy,
            Steering = store?.Shared is { } shared
                ? new ClusterSteering(call.Settings.Text(ClusterFlags.Name) ?? "berth", shared.Table, call.Shell.Time, NullLogger.Instance)
                : null,

            // Nobody else waits for this process.
            Verifiers = Environment.ProcessorCount,
        };
        return new Reach(store, host, copy, administration);
    }

    /// <summary>A verb signs with the key that a member has made; it makes none.</summary>
    private static AuditSource AuditOf(Call call, StorageUri uri, Store store)
    {
        var path = call.Settings.Text(ServeFlags.KeyFile) ?? (uri.IsShared ? null : MemberKeyFile.Beside(uri.Path));
        AuditSigner? Signer() => path is not null && File.Exists(path) && IsReadable(path) ? MemberKeyFile.Open(path, new WarningLines(call.Shell)) : null;
        return new AuditSource(store.Journal, store.ClusterId, Signer, new HistoryGate(), call.Shell.Time);
    }

    private static bool IsReadable(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static Who WhoCalls(Call call) => call.Settings.Switch(GlobalFlags.NoAudit) == true
        ? Who.Nobody
        : new Who("operator", null, Short(Environment.UserName), Short(Environment.MachineName));

    private static string? Short(string text) => text.Length is > 0 and <= 64 ? text : null;
}
