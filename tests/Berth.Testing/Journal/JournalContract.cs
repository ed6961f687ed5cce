using System.Security.Cryptography;
using System.Text;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Testing.Journal;

/// <summary>What the suites of the journal's contract share. Each suite holds some of the conditions that stand in <see cref="IJournal"/>.</summary>
public abstract class JournalContract<TStore> : IAsyncLifetime
    where TStore : JournalUnderTest, new()
{
    /// <summary>The pools that the tests use.</summary>
    protected static readonly PoolName Blue = new("blue");

    /// <inheritdoc cref="Blue"/>
    protected static readonly PoolName Green = new("green");

    /// <summary>The chain hash of an empty journal.</summary>
    protected static readonly byte[] NoHash = new byte[AuditChain.HashBytes];

    private readonly TStore _store = new();

    /// <summary>The journal.</summary>
    protected IJournal Journal { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => Journal = await _store.StartAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _store.DisposeAsync();
    }

    /// <summary>Bytes that are the same for the same seed, and others for another.</summary>
    protected static byte[] Noise(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A hash that belongs to the seed.</summary>
    protected static byte[] HashOf(int seed) => SHA256.HashData(BitConverter.GetBytes(seed));

    /// <summary>A batch without license rows.</summary>
    protected static JournalBatch Batch(int count, int seed) => new(count, Noise(seed, 20 * count), HashOf(seed), [], []);

    /// <summary>A batch with license rows.</summary>
    protected static JournalBatch BatchWith(int seed, LicenseRow[] added, params string[] dropped) =>
        new(1, Noise(seed, 20), HashOf(seed), added, [.. dropped.Select(id => new LicenseId(id))]);

    /// <summary>A license row whose parts are told apart by their names.</summary>
    protected static LicenseRow Row(PoolName pool, string id, string? key = null, string? file = null) =>
        new(new LicenseId(id), pool, Encoding.UTF8.GetBytes(file ?? "file of " + id), key ?? "key of " + id);

    /// <summary>Makes a pool and takes it.</summary>
    protected async Task<Opening> CreateAndOpenAsync(PoolName pool, long epoch = 1)
    {
        (await Journal.CreatePoolAsync(pool)).ShouldBeTrue();
        return await OpenAsync(pool, epoch);
    }

    /// <summary>Takes a pool.</summary>
    protected async Task<Opening> OpenAsync(PoolName pool, long epoch)
    {
        var result = await Journal.OpenAsync(pool, new Epoch(epoch), null, _ => { });
        result.Outcome.ShouldBe(OpenOutcome.Opened);
        return result.Opening;
    }

    /// <summary>Appends under epoch 1 unless another is named.</summary>
    protected ValueTask<AppendResult> AppendAsync(PoolName pool, Opening opening, long expected, JournalBatch batch, long epoch = 1) =>
        Journal.AppendAsync(pool, new Epoch(epoch), opening, expected, batch);

    /// <summary>Appends, which is to succeed.</summary>
    protected async Task CommitAsync(PoolName pool, Opening opening, long expected, JournalBatch batch) =>
        (await AppendAsync(pool, opening, expected, batch)).ShouldBe(AppendResult.Committed);

    /// <summary>Everything that an open without knowledge replays, read without taking the pool.</summary>
    protected async Task<List<ReplayItem>> NewestAsync(PoolName pool)
    {
        var items = new ReplayedItems();
        (await Journal.ReadNewestAsync(pool, items.Keep)).ShouldBeTrue();
        return items;
    }

    /// <summary>The version of the last stored event.</summary>
    protected async Task<long> LastVersionAsync(PoolName pool)
    {
        var records = await Journal.ReadAsync(pool, 0, int.MaxValue);
        return records.Count == 0 ? 0 : records[^1].LastVersion;
    }
}
