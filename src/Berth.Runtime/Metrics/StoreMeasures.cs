using System.Runtime.CompilerServices;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Metrics;

/// <summary>What a store is asked to do.</summary>
public enum StoreOperation
{
    /// <summary>Events of a turn are appended.</summary>
    Append,

    /// <summary>A pool is made, or taken and read.</summary>
    Open,

    /// <summary>A part of a snapshot is written.</summary>
    Snapshot,

    /// <summary>Pools, events or denials are read.</summary>
    Read,

    /// <summary>A license file is read.</summary>
    License,

    /// <summary>Denials are recorded.</summary>
    Denials,

    /// <summary>Audit and retention: heads, bases, checkpoints, keys.</summary>
    History,

    /// <summary>A member renews its lease.</summary>
    Renew,

    /// <summary>The membership table is read.</summary>
    Members,

    /// <summary>A member joins, leaves or is marked down, or shards change hands.</summary>
    Change,
}

/// <summary>How long the store takes and how often it fails.</summary>
public sealed class StoreMeasures(TimeProvider time)
{
    private readonly Histogram[] _took = [.. Operations.Select(_ => new Histogram(Histogram.Usual))];
    private readonly Counter[] _errors = [.. Operations.Select(_ => new Counter())];
    private volatile bool _isUp = true;

    /// <summary>All operations.</summary>
    public static IReadOnlyList<StoreOperation> Operations { get; } = Enum.GetValues<StoreOperation>();

    /// <summary>The call that ended last did not fail.</summary>
    public bool IsUp => _isUp;

    /// <summary>How long the calls of a kind took, those that failed included.</summary>
    public Histogram TimesOf(StoreOperation operation) => _took[(int)operation];

    /// <summary>How many of a kind failed, were refused by the store, or were waited for no longer.</summary>
    public long ErrorsOf(StoreOperation operation) => _errors[(int)operation].Value;

    /// <summary>The start of a call.</summary>
    internal long Start() => time.GetTimestamp();

    /// <summary>Follows a call that was begun at <paramref name="began"/> to its end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<T> FollowAsync<T>(StoreOperation operation, long began, ValueTask<T> call)
    {
        T result;
        try
        {
            result = await call;
        }
        catch (Exception failure)
        {
            // An ArgumentException is the caller's mistake, and says nothing of the store.
            Note(operation, began, failed: failure is not ArgumentException);
            throw;
        }

        Note(operation, began, failed: result is AppendResult { Outcome: AppendOutcome.NotWritten, DuplicateLicense: false });
        return result;
    }

    /// <summary>The same for a call that answers nothing.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask FollowAsync(StoreOperation operation, long began, ValueTask call)
    {
        try
        {
            await call;
        }
        catch (Exception failure)
        {
            Note(operation, began, failed: failure is not ArgumentException);
            throw;
        }

        Note(operation, began, failed: false);
    }

    private void Note(StoreOperation operation, long began, bool failed)
    {
        _took[(int)operation].Observe(time.GetElapsedTime(began));
        _isUp = !failed;
        if (failed)
        {
            _errors[(int)operation].Add();
        }
    }
}
