using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Storage;
using Berth.Testing;
using Berth.Testing.Cluster;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Tests.Cluster;

/// <summary>One member of a <see cref="ClusterRig"/>, with its ways to the stores.</summary>
internal sealed class RigMember : IAsyncDisposable, ILoggerFactory
{
    private static readonly TimeSpan _stopDeadline = TimeSpan.FromSeconds(40);

    private readonly CancellationTokenSource _stop = new();
    private Member? _member;
    private bool _killed;

    private RigMember(ClusterRig rig)
    {
        Table = new FaultyTable(rig.Table) { OnCall = rig.BeforeCall };
        Journal = new FaultyJournal(rig.Journal);
    }

    public FaultyTable Table { get; }

    public FaultyJournal Journal { get; }

    public RecordedLog Log { get; } = new();

    public Member Member => _member!;

    public int Port => Member.EdgePort;

    public string Name => Member.Id;

    public string Edge => $"http://127.0.0.1:{Port}";

    public bool IsGone { get; private set; }

    public Task Running { get; private set; } = Task.CompletedTask;

    public static async Task<RigMember> StartAsync(ClusterRig rig, MemberOptions options)
    {
        var made = new RigMember(rig);
        made._member = await Member.StartAsync(
            options,
            new MemberStores(made.Journal, new Epoch(0), null, new SharedStore(made.Table, (row, _) => new(rig.HasEnded(row))), null),
            TimeProvider.System,
            made);
        made.Running = made._member.RunAsync(made._stop.Token);
        return made;
    }

    /// <summary>Adds licenses of one seat, wherever the pool is owned; makes the pool.</summary>
    public async Task AddSeatsAsync(string pool, int seats)
    {
        await Journal.CreatePoolAsync(new(pool));
        foreach (var together in Enumerable.Range(1, seats).Select(i => $"{pool}-{i}").Chunk(500))
        {
            await ChangeAsync(
                pool,
                new AddLicenses([.. together.Select(id => new LicenseGrant(new(id), 1, null))], Who.Nobody),
                [.. together.Select(id => new LicenseRow(new(id), new(pool), System.Text.Encoding.UTF8.GetBytes($"file of {id}"), $"key of {id}"))]);
        }
    }

    /// <summary>Changes a pool, whoever owns it.</summary>
    public async Task ChangeAsync(string pool, PoolCommand command, IReadOnlyList<LicenseRow>? rows = null)
    {
        var reply = await Member.Router.SendAsync(new(pool), command, new Delivery(0, CancellationToken.None, rows));
        if (reply is not Changed)
        {
            throw new InvalidOperationException($"{command} in pool {pool} was answered {reply}.");
        }
    }

    public async Task BeginStopAsync() => await _stop.CancelAsync();

    public async Task StopAsync()
    {
        await BeginStopAsync();
        await Running.WaitAsync(_stopDeadline, TimeProvider.System);
        IsGone = true;
    }

    /// <summary>Its process ends: it reaches nothing and nobody any more.</summary>
    public async Task KillAsync()
    {
        _killed = IsGone = true;
        Table.IsCut = true;
        Journal.Otherwise = (_, _) => Fault.ThrowBefore;
        await Member.AbortAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_killed)
            {
                await StopAsync();
            }
        }
        finally
        {
            await _stop.CancelAsync();
            await Member.DisposeAsync();
            _stop.Dispose();
        }
    }

    ILogger ILoggerFactory.CreateLogger(string categoryName) => Log;

    void ILoggerFactory.AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Everything is recorded here.");

    void IDisposable.Dispose()
    {
        // The log outlives whoever writes to it.
    }
}
