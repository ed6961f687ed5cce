using System.Collections.Concurrent;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Testing;

/// <summary>The calls of a journal that can be made to fail.</summary>
public enum JournalCall
{
    /// <summary><see cref="IJournal.OpenAsync"/>.</summary>
    Open,

    /// <summary><see cref="IJournal.AppendAsync"/>.</summary>
    Append,

    /// <summary><see cref="IJournal.WriteSnapshotAsync"/>.</summary>
    Snapshot,

    /// <summary><see cref="IJournal.RecordDenialsAsync"/>.</summary>
    Denials,

    /// <summary><see cref="IHistory.WriteBaseAsync"/>.</summary>
    Base,

    /// <summary><see cref="IHistory.CutAsync"/>.</summary>
    Cut,

    /// <summary><see cref="IHistory.AppendCheckpointAsync"/>. The pool of a fault is the global one.</summary>
    Checkpoint,

    /// <summary><see cref="IHistory.RecordKeyAsync"/>. The pool of a fault is the global one.</summary>
    Key,

    /// <summary><see cref="IJournal.CreatePoolAsync"/>.</summary>
    Create,

    /// <summary><see cref="IJournal.ListPoolsAsync"/>. The pool of a fault is the global one.</summary>
    List,
}

/// <summary>What goes wrong with a call.</summary>
public enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Refused as if the disk were full; nothing is written. Opens and denials throw instead.</summary>
    NotWritten,

    /// <summary>Refused as if a newer owner had opened the pool; nothing is written.</summary>
    Fenced,

    /// <summary>An exception; nothing was written.</summary>
    ThrowBefore,

    /// <summary>An exception; it was written all the same.</summary>
    ThrowAfter,
}

/// <summary>A journal that fails as it is told: one scripted fault for each call, in order, otherwise what the rule says.</summary>
public sealed class FaultyJournal(IJournal inner) : IJournal
{
    /// <summary>Guards the script and the counts.</summary>
    private readonly Lock _gate = new();
    private readonly Dictionary<JournalCall, Queue<Step>> _script = [];
    private readonly Dictionary<JournalCall, int> _counts = [];
    private readonly ConcurrentQueue<JournalHold> _holds = new();
    private int _licenseReads;

    /// <summary>Decides for calls that the script says nothing about; null: they succeed.</summary>
    public Func<JournalCall, PoolName, Fault>? Otherwise { get; set; }

    /// <summary>How often a license file was read.</summary>
    public int LicenseReads => Volatile.Read(ref _licenseReads);

    /// <summary>How often this was called.</summary>
    public int Count(JournalCall call)
    {
        lock (_gate)
        {
            return _counts.GetValueOrDefault(call);
        }
    }

    /// <summary>The next calls end so, one after the other.</summary>
    public void Next(JournalCall call, params ReadOnlySpan<Fault> faults)
    {
        foreach (var fault in faults)
        {
            Enqueue(call, new Step(fault, null));
        }
    }

    /// <summary>The next call that the script says nothing about yet waits until it is released.</summary>
    public JournalHold Hold(JournalCall call)
    {
        var hold = new JournalHold();
        Enqueue(call, new Step(Fault.None, hold));
        _holds.Enqueue(hold);
        return hold;
    }

    /// <summary>Lets every call go on that still waits or would.</summary>
    public void ReleaseAll()
    {
        while (_holds.TryDequeue(out var hold))
        {
            hold.Release();
        }
    }

    /// <inheritdoc/>
    public IHistory History => new FaultyHistory(inner.History, WriteAsync, TakeAsync);

    /// <inheritdoc/>
    public async ValueTask<bool> CreatePoolAsync(PoolName pool)
    {
        await PassAsync(JournalCall.Create, pool);
        return await inner.CreatePoolAsync(pool);
    }

    /// <inheritdoc/>
    public async ValueTask<OpenResult> OpenAsync(PoolName pool, Epoch epoch, KnownPosition? known, Action<ReplayItem> replay)
    {
        switch (await TakeAsync(JournalCall.Open, pool))
        {
            case Fault.None: return await inner.OpenAsync(pool, epoch, known, replay);
            case Fault.Fenced: return new OpenResult(OpenOutcome.Fenced, default, FromKnown: false);
            case Fault.ThrowAfter:
                await inner.OpenAsync(pool, epoch, known, replay);
                throw new IOException("opened, but nobody was told");
            default: throw new IOException("the store is away");
        }
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(PoolName pool, Epoch epoch, Opening opening, long expectedVersion, JournalBatch batch) =>
        WriteAsync(JournalCall.Append, pool, () => inner.AppendAsync(pool, epoch, opening, expectedVersion, batch));

    /// <inheritdoc/>
    public ValueTask<AppendResult> WriteSnapshotAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part) =>
        WriteAsync(JournalCall.Snapshot, pool, () => inner.WriteSnapshotAsync(pool, epoch, opening, part));

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PoolName>> ListPoolsAsync(PoolName? after, int limit)
    {
        await PassAsync(JournalCall.List, PoolName.Global);
        return await inner.ListPoolsAsync(after, limit);
    }

    /// <inheritdoc/>
    public ValueTask<bool> ReadNewestAsync(PoolName pool, Action<ReplayItem> replay) => inner.ReadNewestAsync(pool, replay);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(PoolName pool, long version, int limit) =>
        inner.ReadAsync(pool, version, limit);

    /// <inheritdoc/>
    public ValueTask<LicenseRow?> ReadLicenseAsync(LicenseId license)
    {
        Interlocked.Increment(ref _licenseReads);
        return inner.ReadLicenseAsync(license);
    }

    /// <inheritdoc/>
    public async ValueTask RecordDenialsAsync(IReadOnlyList<DenialCount> denials)
    {
        var fault = await TakeAsync(JournalCall.Denials, denials[0].Pool);
        if (fault is Fault.None or Fault.ThrowAfter)
        {
            await inner.RecordDenialsAsync(denials);
        }

        if (fault != Fault.None)
        {
            throw new IOException("the denials may be recorded or not");
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DenialCount>> ReadDenialsAsync(PoolName pool, DenialPlace? after, int limit) =>
        inner.ReadDenialsAsync(pool, after, limit);

    public ValueTask<IReadOnlyList<DenialSum>> SumDenialsAsync(PoolName pool) => inner.SumDenialsAsync(pool);

    private async ValueTask PassAsync(JournalCall call, PoolName pool)
    {
        if (await TakeAsync(call, pool) != Fault.None)
        {
            throw new IOException("the store is away");
        }
    }

    private async ValueTask<AppendResult> WriteAsync(JournalCall call, PoolName pool, Func<ValueTask<AppendResult>> write)
    {
        switch (await TakeAsync(call, pool))
        {
            case Fault.None: return await write();
            case Fault.NotWritten: return AppendResult.NotWritten("the disk is full");
            case Fault.Fenced: return AppendResult.Fenced;
            case Fault.ThrowBefore: throw new IOException("lost before the commit");
            default:
                // What was refused on its own is told as it is: only a commit can get lost.
                var result = await write();
                return result.Outcome == AppendOutcome.Committed ? throw new IOException("lost after the commit") : result;
        }
    }

    private void Enqueue(JournalCall call, Step step)
    {
        lock (_gate)
        {
            if (!_script.TryGetValue(call, out var steps))
            {
                _script.Add(call, steps = new Queue<Step>());
            }

            steps.Enqueue(step);
        }
    }

    private async ValueTask<Fault> TakeAsync(JournalCall call, PoolName pool)
    {
        Step? step = null;
        lock (_gate)
        {
            _counts[call] = _counts.GetValueOrDefault(call) + 1;
            if (_script.TryGetValue(call, out var steps) && steps.TryDequeue(out var next))
            {
                step = next;
            }
        }

        if (step is not { } taken)
        {
            return Otherwise?.Invoke(call, pool) ?? Fault.None;
        }

        return taken.Hold is { } hold ? await hold.ArriveAsync() : taken.Fault;
    }

    private readonly record struct Step(Fault Fault, JournalHold? Hold);
}

/// <summary>A call that waits inside the journal.</summary>
public sealed class JournalHold
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Fault> _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the call has arrived.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Lets the call go on, and end so.</summary>
    public void Release(Fault fault = Fault.None) => _released.TrySetResult(fault);

    internal Task<Fault> ArriveAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }
}
