using System.Text;
using Berth.Pools;
using Berth.Runtime.Journal;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>
/// Reads of licenses with their files. One that comes alone is read at once; those that come while statements are under way go together in the
/// next one: an edge that has just started asks for the files of thousands of pools.
/// </summary>
internal sealed class LicenseReads(JournalReads reads)
{
    /// <summary>Licenses of a statement: their files may have up to 1 MiB each.</summary>
    public const int MostAtOnce = 64;

    /// <summary>Statements under way at once. The other connections for reads stay free for what is not a license.</summary>
    private const int MostUnderWay = 2;

    private readonly Lock _gate = new();
    private readonly Queue<Wanted> _waiting = new();
    private int _underWay;

    /// <summary>The row, or null when there is no such license. Throws <see cref="StoreException"/>.</summary>
    public Task<LicenseRow?> ReadAsync(LicenseId license)
    {
        var wanted = new Wanted(license);
        lock (_gate)
        {
            _waiting.Enqueue(wanted);
            if (_underWay == MostUnderWay)
            {
                return wanted.Answer.Task;
            }

            _underWay++;
        }

        _ = RunAsync();
        return wanted.Answer.Task;
    }

    /// <summary>Until nobody waits.</summary>
    private async Task RunAsync()
    {
        while (Take() is { Count: > 0 } group)
        {
            try
            {
                var found = await FindAsync(group);
                group.ForEach(wanted => wanted.Answer.SetResult(found.GetValueOrDefault(wanted.License)));
            }
            catch (Exception failure)
            {
                group.ForEach(wanted => wanted.Answer.TrySetException(failure));
            }
        }
    }

    private List<Wanted> Take()
    {
        lock (_gate)
        {
            List<Wanted> group = [];
            while (group.Count < MostAtOnce && _waiting.TryDequeue(out var wanted))
            {
                group.Add(wanted);
            }

            _underWay -= group.Count == 0 ? 1 : 0;
            return group;
        }
    }

    private async Task<Dictionary<LicenseId, LicenseRow>> FindAsync(List<Wanted> group) => (await reads.ReadAsync(
        Row,
        "SELECT l.id, (SELECT name FROM pools WHERE id = l.pool_id), l.key, l.file FROM licenses l WHERE l.id = ANY($1)",
        (object)group.Select(wanted => wanted.License.Value).Distinct(StringComparer.Ordinal).ToArray())).ToDictionary(row => row.Id);

    private static LicenseRow Row(NpgsqlDataReader row) => new(
        new LicenseId(row.GetString(0)), new PoolName(row.GetString(1)), row.GetFieldValue<byte[]>(3), Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(2)));

    /// <summary>A license that somebody waits for.</summary>
    private sealed record Wanted(LicenseId License)
    {
        public TaskCompletionSource<LicenseRow?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
