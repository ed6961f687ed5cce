using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Storage;

/// <summary>What a store is opened for.</summary>
public enum StoreUse
{
    /// <summary>A member serves it: the store is locked and the epoch raised for as long as it runs.</summary>
    Serve,

    /// <summary>A verb writes to it and is done in a moment: the store is locked and the epoch raised.</summary>
    Verb,

    /// <summary>It is only read: no lock, and the epoch stays.</summary>
    Read,
}

/// <summary>How a store is opened.</summary>
public sealed record StoreOptions
{
    /// <summary>Where time comes from.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The management socket to name to those who find the store held, or null.</summary>
    public string? Socket { get; init; }
}

/// <summary>An opened store. Disposing it finishes what has been submitted and gives the lock back.</summary>
public sealed class Store : IAsyncDisposable
{
    private Func<ValueTask>? _close;

    internal Store(IJournal journal, Epoch epoch, string clusterId, Func<ValueTask> close)
    {
        Journal = journal;
        Epoch = epoch;
        ClusterId = clusterId;
        _close = close;
    }

    /// <summary>The pools' events.</summary>
    public IJournal Journal { get; }

    /// <summary>The epoch of this opening; opened for reading, that of the last writer. A shared store has one for each shard, and none here.</summary>
    public Epoch Epoch { get; }

    /// <summary>Which cluster the store belongs to: made once, when the store was.</summary>
    public string ClusterId { get; }

    /// <summary>What several members need; null: one process at a time serves this store.</summary>
    public SharedStore? Shared { get; internal init; }

    /// <summary>Why the store gives no seats, as it was when it was opened; null: it gives them.</summary>
    public WithheldGrants? Withheld { get; internal init; }

    internal Func<ValueTask>? EndWithholding { get; init; }

    /// <summary>
    /// The store gives seats from the next opening on: whoever serves it lets its pools know. Durable once it returns. Fails with
    /// <see cref="StoreException"/> when it was opened for reading or the store refuses, and then nothing changed.
    /// </summary>
    public ValueTask ConfirmAsync() => EndWithholding?.Invoke() ?? throw new StoreException("the store was opened for reading");

    /// <summary>Opens a store. Fails with <see cref="StoreException"/>; when another process has it, <see cref="StoreHeldException"/>.</summary>
    public static ValueTask<Store> OpenAsync(StorageUri uri, StoreUse use, StoreOptions options) => uri.OpenAsync(use, options);

    /// <summary>
    /// Who says that they hold the store, or null. It is a hint: a holder that was killed may have left it behind. Only
    /// <see cref="OpenAsync"/> knows.
    /// </summary>
    public static StoreHolder? HolderOf(StorageUri uri) => uri.ReadHolder();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _close, null)?.Invoke() ?? ValueTask.CompletedTask;
}
