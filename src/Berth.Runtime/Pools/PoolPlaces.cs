using System.Collections.Concurrent;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Pools;

/// <summary>The pools that exist, as the journal listed them. Where members share a store, others make pools too: it is read again.</summary>
internal sealed class PoolPlaces(IJournal journal, TimeProvider time) : IDisposable
{
    private const int NamesPerPage = 1_000;

    /// <summary>The list is read again at most this often because somebody asked for a name that is not in it.</summary>
    private static readonly TimeSpan _readAtMostEvery = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, PoolPlace> _places = new(StringComparer.Ordinal);

    private readonly FileMoments _moments = new();

    /// <summary>Held while the list is read.</summary>
    private readonly SemaphoreSlim _reading = new(1);

    /// <summary>When the last whole reading began; 0: there was none.</summary>
    private long _triedAt;
    private Exception? _failure;

    public IEnumerable<PoolPlace> All => _places.Values;

    /// <summary>The names in ordinal order.</summary>
    public IReadOnlyList<PoolName> Names => [.. _places.Keys.Order(StringComparer.Ordinal).Select(name => new PoolName(name))];

    public PoolPlace? Of(PoolName pool) => _places.GetValueOrDefault(pool.Value);

    public PoolPlace Add(PoolName pool) => _places.GetOrAdd(pool.Value, _ => new PoolPlace(pool, _moments));

    /// <summary>Reads the whole list. Throws when the store cannot be read.</summary>
    public async Task ReadAsync()
    {
        await _reading.WaitAsync();
        try
        {
            await ReadPagesAsync();
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>
    /// Looks for a pool that another member may have made before this was asked: in a list that was read since. However many ask, it is
    /// read once for all of them, and no sooner than a moment after the last time.
    /// </summary>
    public async ValueTask<PoolPlace?> FindAsync(PoolName pool)
    {
        var asked = time.GetTimestamp();
        await _reading.WaitAsync();
        try
        {
            if (Of(pool) is null && _triedAt <= asked)
            {
                await Waiting.ForAsync(Rest(), time, CancellationToken.None);
                await ReadPagesAsync();
            }

            return Of(pool) is null && _failure is { } failure
                ? throw new IOException($"the list of pools could not be read: {failure.Message}", failure)
                : Of(pool);
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private TimeSpan Rest()
    {
        var rest = _triedAt == 0 ? TimeSpan.Zero : _readAtMostEvery - time.GetElapsedTime(_triedAt);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }

    /// <summary>A reading that failed failed for everybody who waited for it: they do not read one after the other.</summary>
    private async Task ReadPagesAsync()
    {
        _triedAt = time.GetTimestamp();
        try
        {
            await ReadListAsync();
            _failure = null;
        }
        catch (Exception failure)
        {
            _failure = failure;
            throw;
        }
    }

    private async Task ReadListAsync()
    {
        PoolName? after = null;
        IReadOnlyList<PoolName> page;
        do
        {
            page = await journal.ListPoolsAsync(after, NamesPerPage);
            foreach (var name in page)
            {
                Add(name);
            }

            after = page.Count > 0 ? page[^1] : after;
        }
        while (page.Count == NamesPerPage);
    }
}
