using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>One statement that writes for many pools and commits by itself.</summary>
internal abstract class GroupStatement<T>
    where T : WritingRequest
{
    /// <summary>The statement. It locks and writes in the order of the pools' ids, so that no two of them wait for each other.</summary>
    public abstract string Sql { get; }

    /// <summary>It does no harm twice: it is sent again where the connection had ended, as after a restart of the server.</summary>
    public virtual bool MayHappenTwice => false;

    /// <summary>Adds the parameters, which are arrays.</summary>
    public abstract void AddParameters(NpgsqlParameterCollection parameters);

    /// <summary>Sets them for a group.</summary>
    public abstract void Fill(NpgsqlParameterCollection parameters, IReadOnlyList<T> group);

    /// <summary>Reads what it came to for each request. It counts once the commit is known to have happened.</summary>
    public abstract Task ReadAsync(NpgsqlDataReader rows, IReadOnlyList<T> group);
}
