using System.Security.Cryptography;
using System.Text;
using Berth.Runtime.Journal;

namespace Berth.Storage.Sqlite;

/// <summary>The license rows that come and go with a batch.</summary>
internal sealed class LicenseWrites : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _add;
    private readonly SqliteStatement _replace;
    private readonly SqliteStatement _there;
    private readonly SqliteStatement _drop;

    public LicenseWrites(SqliteDatabase database)
    {
        _database = database;
        _add = database.Prepare("""
            INSERT INTO licenses (id, pool_id, key_hash, file_hash, key, file) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING
            """);
        _replace = database.Prepare("""
            UPDATE OR IGNORE licenses SET key_hash = ?3, file_hash = ?4, key = ?5, file = ?6 WHERE id = ?1 AND pool_id = ?2
            """);
        _there = database.Prepare("""
            SELECT pools.name, licenses.id = ?1, licenses.key_hash = ?2 FROM licenses JOIN pools ON pools.id = licenses.pool_id
            WHERE licenses.id = ?1 OR licenses.key_hash = ?2 OR licenses.file_hash = ?3 LIMIT 1
            """);
        _drop = database.Prepare("DELETE FROM licenses WHERE id = ?1 AND pool_id = ?2");
    }

    /// <summary>Adds or replaces, then drops; the refusal when one that is new is already there.</summary>
    public AppendResult? Store(long poolId, JournalBatch batch)
    {
        for (var i = 0; i < batch.AddedLicenses.Count; i++)
        {
            if (Write(_add, poolId, batch.AddedLicenses[i]) is { } refusal)
            {
                return refusal;
            }
        }

        for (var i = 0; i < batch.ReplacedLicenses.Count; i++)
        {
            if (Write(_replace, poolId, batch.ReplacedLicenses[i]) is { } refusal)
            {
                return refusal;
            }
        }

        for (var i = 0; i < batch.DroppedLicenses.Count; i++)
        {
            _drop.Bind(1, batch.DroppedLicenses[i].Value).Bind(2, poolId).Run();
        }

        return null;
    }

    public void Dispose()
    {
        _add.Dispose();
        _replace.Dispose();
        _there.Dispose();
        _drop.Dispose();
    }

    private AppendResult? Write(SqliteStatement statement, long poolId, LicenseRow row)
    {
        var keyHash = SHA256.HashData(Encoding.UTF8.GetBytes(row.Key));
        var fileHash = SHA256.HashData(row.File.Span);
        statement.Bind(1, row.Id.Value).Bind(2, poolId).Bind(3, keyHash).Bind(4, fileHash).Bind(5, row.Key).Bind(6, row.File.Span).Run();
        if (_database.Changes == 1)
        {
            return null;
        }

        _there.Bind(1, row.Id.Value).Bind(2, keyHash).Bind(3, fileHash);
        var found = _there.Step();
        var pool = found ? _there.Text(0) : "?";
        var what = !found || _there.Number(1) == 1 ? "license" : _there.Number(2) == 1 ? "the key of license" : "the file of license";
        _there.Reset();
        return AppendResult.Duplicate($"{what} {row.Id} is already there, in pool {pool}");
    }
}
