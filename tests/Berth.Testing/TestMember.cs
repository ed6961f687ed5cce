using Berth.Pools;
using Berth.Runtime.Audit;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Server;
using Berth.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Testing;

/// <summary>A whole member in this process, on a free port of 127.0.0.1, over a journal in memory unless another is given.</summary>
public sealed class TestMember : IAsyncDisposable
{
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(40);

    private readonly CancellationTokenSource _stop = new();

    private TestMember(Member member)
    {
        Member = member;
        Running = member.RunAsync(_stop.Token);
    }

    /// <summary>What a test member is started with, to be changed by <c>with</c>.</summary>
    public static MemberOptions Options { get; } = new() { Store = "memory:", Bind = "127.0.0.1", EdgePort = 0 };

    /// <summary>The member.</summary>
    public Member Member { get; }

    /// <summary>The edge's port.</summary>
    public int Port => Member.EdgePort;

    /// <summary>Ends once the member has stopped.</summary>
    public Task Running { get; }

    /// <summary>Starts a member that serves until it is stopped or disposed of.</summary>
    public static async Task<TestMember> StartAsync(
        MemberOptions? options = null, IJournal? journal = null, TimeProvider? time = null, ILoggerFactory? logs = null, AuditSigner? signer = null,
        SharedStore? shared = null) =>
        new(await Member.StartAsync(
            options ?? Options,
            new MemberStores(journal ?? new MemoryJournal(), new Epoch(1), null, shared, signer),
            time ?? TimeProvider.System,
            logs ?? NullLoggerFactory.Instance));

    /// <summary>A member whose pool has this many licenses of one seat, called <c>license-1</c> and so on.</summary>
    public static async Task<TestMember> WithSeatsAsync(int seats, MemberOptions? options = null, TimeProvider? time = null)
    {
        var member = await StartAsync(options, time: time);
        await member.AddSeatsAsync(PoolName.Global, seats);
        return member;
    }

    /// <summary>Adds licenses of one seat; their ids end in 1, 2 and so on. Makes the pool if it is missing.</summary>
    public async Task AddSeatsAsync(PoolName pool, int seats, string prefix = "license-")
    {
        for (var i = 1; i <= seats; i++)
        {
            await AddLicenseAsync(pool, prefix + i);
        }
    }

    /// <summary>Adds one license, by default with a file and a key that name it. Makes the pool if it is missing.</summary>
    public async Task AddLicenseAsync(
        PoolName pool, string id, string? key = null, byte[]? file = null, int seats = 1, long? expiryMs = null)
    {
        await Member.Pools.CreatePoolAsync(pool);
        var license = new LicenseId(id);
        var row = new LicenseRow(license, pool, file ?? System.Text.Encoding.UTF8.GetBytes($"file of {id}"), key ?? $"key of {id}");
        await ChangeAsync(pool, new AddLicenses([new LicenseGrant(license, seats, expiryMs)], Who.Nobody), [row]);
    }

    /// <summary>Takes one license out.</summary>
    public Task RemoveLicenseAsync(PoolName pool, string id) => ChangeAsync(pool, new RemoveLicense(new LicenseId(id), Who.Nobody), null);

    /// <summary>Asks the member to stop, without waiting for it.</summary>
    public Task BeginStopAsync() => _stop.CancelAsync();

    /// <summary>Stops the member and waits until it has.</summary>
    public async Task StopAsync()
    {
        await BeginStopAsync();
        await Running.WaitAsync(StopDeadline, TimeProvider.System);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            await Member.DisposeAsync();
            _stop.Dispose();
        }
    }

    private async Task ChangeAsync(PoolName pool, PoolCommand command, IReadOnlyList<LicenseRow>? rows)
    {
        var reply = await Member.Pools.SendAsync(pool, command, new Delivery(0, CancellationToken.None, rows));
        if (reply is not Changed)
        {
            throw new InvalidOperationException($"{command} in pool {pool} was answered {reply}.");
        }
    }
}
