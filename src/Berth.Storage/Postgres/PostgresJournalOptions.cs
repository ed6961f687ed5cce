namespace Berth.Storage.Postgres;

/// <summary>How a journal uses its server.</summary>
internal sealed record PostgresJournalOptions
{
    /// <summary>False: it only reads, and refuses to write.</summary>
    public bool Writes { get; init; } = true;

    /// <summary>Where the password stands; null: in the connection string, or where Npgsql finds one by itself.</summary>
    public PasswordFile? Password { get; init; }

    /// <summary>Connections that append.</summary>
    public int AppendConnections { get; init; } = 2;

    /// <summary>Connections that raise fences, and as many that replay.</summary>
    public int OpenConnections { get; init; } = 2;

    /// <summary>Connections for whatever takes a transaction of its own: license files, snapshots, denials, checkpoints.</summary>
    public int OtherConnections { get; init; } = 2;

    /// <summary>Connections that read.</summary>
    public int ReadConnections { get; init; } = 3;

    /// <summary>
    /// How long the answer to a write may take. After it the connection is given up and the outcome is unknown; the statement is not
    /// cancelled, because a cancelled commit may have happened.
    /// </summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a statement waits for a lock before the server refuses it, which is certain.</summary>
    public TimeSpan LockLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a connection may take to be opened.</summary>
    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromSeconds(3);
}
