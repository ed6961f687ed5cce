using System.Collections.Concurrent;
using Berth.Pools;

namespace Berth.Runtime.Pools;

/// <summary>Numbers the moments at which a license file may have become another, over all pools of a host: no number comes twice.</summary>
internal sealed class FileMoments
{
    private long _last;

    public long Next() => Interlocked.Increment(ref _last);
}

/// <summary>
/// Since when the files of a pool's licenses are what they are. Whoever keeps a file asks with each answer that hands it out: the same
/// number means the same file. All numbers are new once the pool was opened, because others may have changed files before.
/// </summary>
internal sealed class FileMarks(FileMoments moments)
{
    /// <summary>Licenses that are known one by one; of more changes than that, each counts for the whole pool.</summary>
    private const int MostChanged = 4_096;

    private readonly ConcurrentDictionary<string, long> _changed = new(StringComparer.Ordinal);
    private long _all = moments.Next();

    /// <summary>The number for one license now.</summary>
    public long Of(LicenseId license)
    {
        var all = Volatile.Read(ref _all);
        return _changed.TryGetValue(license.Value, out var own) && own > all ? own : all;
    }

    /// <summary>The pool was opened: nothing that was known of its files counts.</summary>
    public void Renew()
    {
        Volatile.Write(ref _all, moments.Next());
        _changed.Clear();
    }

    /// <summary>An event is durable. Called before it is answered.</summary>
    public void Follow(PoolEvent happened)
    {
        if (happened is LicenseChanged changed)
        {
            Mark(changed.Id);
        }
        else if (happened is LicenseAdded added)
        {
            Mark(added.Id);
        }
        else if (happened is LicenseRemoved removed)
        {
            Mark(removed.Id);
        }
        else if (happened is LicenseImported imported)
        {
            Mark(imported.Id);
        }
    }

    private void Mark(LicenseId license)
    {
        if (_changed.Count >= MostChanged)
        {
            Renew();
        }

        _changed[license.Value] = moments.Next();
    }
}
