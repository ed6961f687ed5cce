using Berth.Runtime.Journal;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Pools;

internal static partial class PoolActorLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "pool.reopening: pool {pool}: opening again, because what is stored is not known")]
    public static partial void Reopening(this ILogger log, string pool);

    [LoggerMessage(Level = LogLevel.Critical, Message = "pool.broken: pool {pool}: closed by a bug, until the next start: {reason}")]
    public static partial void Broke(this ILogger log, Exception broken, string pool, string reason);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "store.went-back: pool {pool}: events {first} to {last} were confirmed and are gone; no seat is given here until this member starts again")]
    public static partial void Forgotten(this ILogger log, string pool, long first, long last);

    [LoggerMessage(Level = LogLevel.Warning, Message = "pool.unopened: pool {pool}: not opened: {outcome}")]
    public static partial void NotOpened(this ILogger log, string pool, OpenOutcome outcome);

    [LoggerMessage(Level = LogLevel.Error, Message = "pool.opening: pool {pool}: cannot be opened, trying again: {reason}")]
    public static partial void OpenFailed(this ILogger log, Exception failure, string pool, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "pool.unknown: pool {pool}: the outcome of an append is not known: {reason}")]
    public static partial void AppendUnknown(this ILogger log, Exception failure, string pool, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "pool.lost: pool {pool}: a newer owner has opened it; closing")]
    public static partial void Fenced(this ILogger log, string pool);

    [LoggerMessage(Level = LogLevel.Warning, Message = "pool.refused: pool {pool}: the store refused a batch: {reason}")]
    public static partial void Refused(this ILogger log, string pool, string reason);
}
