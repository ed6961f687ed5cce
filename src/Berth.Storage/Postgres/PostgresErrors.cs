using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>What an error means for a write.</summary>
internal enum WriteError
{
    /// <summary>Nobody knows whether it happened.</summary>
    Unknown,

    /// <summary>Certainly nothing was written, and the same may succeed at once: a deadlock.</summary>
    Repeat,

    /// <summary>Certainly nothing was written, and perhaps because of one request only.</summary>
    Refused,

    /// <summary>Certainly nothing was written, and no request is to blame.</summary>
    RefusedAll,
}

/// <summary>What the errors of the server and of the way to it mean.</summary>
internal static class PostgresErrors
{
    private const string Error = "ERROR";

    /// <summary>
    /// What it means that a statement with a commit of its own, or a COMMIT, ended so. An answer of the severity ERROR undid the transaction:
    /// after its commit record was written the server only warns, or ends the connection.
    /// </summary>
    public static WriteError OfCommit(Exception failure) => failure is PostgresException { InvariantSeverity: Error } error
        ? OfAbort(error)
        : WriteError.Unknown;

    /// <summary>What an error means where no commit was asked for yet: whatever it was, nothing was written.</summary>
    public static WriteError BeforeCommit(Exception failure) =>
        failure is PostgresException error ? OfAbort(error) : WriteError.RefusedAll;

    /// <summary>The connection is of no more use, or another server is to be found.</summary>
    public static bool EndsSession(Exception failure) =>
        failure is not PostgresException { InvariantSeverity: Error } error || error.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction;

    /// <summary>What was wrong, and what to do.</summary>
    public static string Describe(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => $"the disk of the PostgreSQL server is full ({Said(failure)}): free some space",
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } =>
            $"the PostgreSQL server only reads ({Said(failure)}): it is a standby, or was told so; name the primary",
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } =>
            $"PostgreSQL waited too long for a lock ({Said(failure)}): a commit may be waiting for a standby",
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } =>
            $"the PostgreSQL server has no connection left ({Said(failure)}): raise max_connections",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
            $"PostgreSQL does not allow it ({Said(failure)}): make the user the owner of the database",
        PostgresException error => $"PostgreSQL refused ({Said(failure)}, SQLSTATE {error.SqlState})",
        _ => $"PostgreSQL cannot be reached ({Said(failure)}): check the server and the way to it",
    };

    private static string Said(Exception failure) =>
        failure is PostgresException error ? error.MessageText : failure.InnerException?.Message ?? failure.Message;

    private static WriteError OfAbort(PostgresException error) => error.SqlState switch
    {
        PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure => WriteError.Repeat,
        PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InsufficientPrivilege => WriteError.RefusedAll,
        _ => WriteError.Refused,
    };
}
