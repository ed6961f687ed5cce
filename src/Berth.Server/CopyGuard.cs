using Berth.Pools;
using Berth.Runtime.Pools;
using Berth.Storage;
using Microsoft.Extensions.Logging;

namespace Berth.Server;

/// <summary>
/// Keeps a restored copy from giving seats until an operator answers for it: a copy and its original together would give each seat
/// twice. Claims that stand in the copy are renewed and released meanwhile.
/// </summary>
public sealed class CopyGuard : IDisposable
{
    private readonly PoolHost _pools;
    private readonly Store? _store;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _confirming = new(1);
    private volatile WithheldGrants? _withheld;

    /// <summary>Withholds what <paramref name="store"/> says; null: a store that is never a copy.</summary>
    public CopyGuard(PoolHost pools, Store? store, ILogger log)
    {
        _pools = pools;
        _store = store;
        _log = log;
        _withheld = store?.Withheld;
        if (_withheld is { } withheld)
        {
            pools.LetGrant(false);
            log.GrantsWithheld(withheld.Why);
        }
    }

    /// <summary>Why no seats are given; null: they are.</summary>
    public WithheldGrants? Withheld => _withheld;

    /// <summary>
    /// Records who answers for the copy, takes its mark away, and only then lets the pools give seats. <see cref="Changed"/>: they do.
    /// </summary>
    public async ValueTask<PoolReply> ConfirmAsync(Who who)
    {
        await _confirming.WaitAsync();
        try
        {
            if (_withheld is not { } withheld)
            {
                return Changed.Instance;
            }

            var reply = await _pools.SendAsync(PoolName.Global, new ConfirmCopy(withheld.Why, who), default);
            if (reply is not Changed)
            {
                return reply;
            }

            await _store!.ConfirmAsync();
            _withheld = null;
            _pools.LetGrant(true);
            _log.CopyConfirmed(withheld.Why);
            return reply;
        }
        catch (StoreException error)
        {
            // The record stands; whether the mark is gone, nobody knows. Seats are withheld, and asking again does no harm.
            _log.CopyNotConfirmed(error.Message);
            return Unknown.Instance;
        }
        finally
        {
            _confirming.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _confirming.Dispose();
}

internal static partial class CopyGuardLog
{
    [LoggerMessage(Level = LogLevel.Critical, Message = "copy.withheld: restored copy, not confirmed: no seats are given until an operator runs `berth confirm-restore`: {why}")]
    public static partial void GrantsWithheld(this ILogger log, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "copy.confirmed: restored copy confirmed: seats are given from here on: {why}")]
    public static partial void CopyConfirmed(this ILogger log, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "copy.unconfirmed: restored copy: the confirmation may not be stored: {reason}")]
    public static partial void CopyNotConfirmed(this ILogger log, string reason);
}
