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

    /// <summary>Held while the list is read.</summary>
    private readonly SemaphoreSlim _reading = new(1);

    /// <summary>When the last whole reading began; 0: there was none.</summary>
    private long _readAt;

    public IEnumerable<PoolPlace> All => _places.Values;

    /// <summary>The names in ordinal order.</summary>
    public IReadOnlyList<PoolName> Names => [.. _places.Keys.Order(StringComparer.Ordinal).Select(name => new PoolName(name))];

    public PoolPlace? Of(PoolName pool) => _places.GetValueOrDefault(pool.Value);

    public PoolPlace Add(PoolName pool) => _places.GetOrAdd(pool.Value, _ => new PoolPlace(pool));

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
            if (Of(pool) is null && (_readAt == 0 || _readAt <= asked))
            {
                if (_readAt != 0 && time.GetElapsedTime(_readAt) is var since && since < _readAtMostEvery)
                {
                    await Task.Delay(_readAtMostEvery - since, time);
                }

                await ReadPagesAsync();
            }

            return Of(pool);
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private async Task ReadPagesAsync()
    {
        var began = time.GetTimestamp();
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
        _readAt = began;
    }
}
