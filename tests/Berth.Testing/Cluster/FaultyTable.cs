using Berth.Runtime.Ownership;

namespace Berth.Testing.Cluster;

/// <summary>The calls of a membership table that can be made to fail.</summary>
public enum TableCall
{
    /// <summary><see cref="IMembershipTable.JoinAsync"/>.</summary>
    Join,

    /// <summary><see cref="IMembershipTable.RenewAsync"/>.</summary>
    Renew,

    /// <summary><see cref="IMembershipTable.AcquireAsync"/>.</summary>
    Acquire,

    /// <summary><see cref="IMembershipTable.TransferAsync"/>.</summary>
    Transfer,

    /// <summary><see cref="IMembershipTable.LeaveAsync"/>.</summary>
    Leave,

    /// <summary><see cref="IMembershipTable.DownAsync"/>.</summary>
    Down,

    /// <summary><see cref="IMembershipTable.AdoptSecretAsync"/>.</summary>
    Adopt,

    /// <summary><see cref="IMembershipTable.ReadAsync"/>.</summary>
    Read,
}

/// <summary>One member's way to the membership table, which can be cut, or lose or delay an answer. What was asked has happened all the same.</summary>
public sealed class FaultyTable(IMembershipTable inner) : IMembershipTable
{
    /// <summary>Guards the script and the counts.</summary>
    private readonly Lock _gate = new();
    private readonly Dictionary<TableCall, Queue<Task>> _answers = [];
    private readonly Dictionary<TableCall, int> _counts = [];

    /// <summary>Nothing reaches the table.</summary>
    public bool IsCut { get; set; }

    /// <summary>Told of each call before it is made; what it throws is the answer.</summary>
    public Action<TableCall>? OnCall { get; set; }

    /// <summary>Changes what was read.</summary>
    public Func<ClusterTable, ClusterTable>? OnRead { get; set; }

    /// <summary>Changes what a renewal says.</summary>
    public Func<RenewResult, RenewResult>? OnRenew { get; set; }

    /// <summary>How often this was called, also while cut.</summary>
    public int Count(TableCall call)
    {
        lock (_gate)
        {
            return _counts.GetValueOrDefault(call);
        }
    }

    /// <summary>The next such call happens, and its answer is lost.</summary>
    public void LoseAnswer(TableCall call) => Script(call, Task.FromException(new IOException("the answer was lost")));

    /// <summary>The next such call happens, and its answer comes when the source is completed.</summary>
    public TaskCompletionSource HoldAnswer(TableCall call)
    {
        var hold = new TaskCompletionSource();
        Script(call, hold.Task);
        return hold;
    }

    /// <inheritdoc/>
    public ValueTask<JoinResult> JoinAsync(MemberCard card, CancellationToken cancel) =>
        CallAsync(TableCall.Join, () => inner.JoinAsync(card, cancel), cancel);

    /// <inheritdoc/>
    public async ValueTask<RenewResult> RenewAsync(Incarnation member, CancellationToken cancel)
    {
        var renewed = await CallAsync(TableCall.Renew, () => inner.RenewAsync(member, cancel), cancel);
        return OnRenew?.Invoke(renewed) ?? renewed;
    }

    /// <inheritdoc/>
    public ValueTask<AcquireResult> AcquireAsync(
        Incarnation member, IReadOnlyList<int> shards, SeenMember? from, CancellationToken cancel) =>
        CallAsync(TableCall.Acquire, () => inner.AcquireAsync(member, shards, from, cancel), cancel);

    /// <inheritdoc/>
    public ValueTask<TransferOutcome> TransferAsync(
        Incarnation member, OwnedShard shard, Incarnation to, bool settled, CancellationToken cancel) =>
        CallAsync(TableCall.Transfer, () => inner.TransferAsync(member, shard, to, settled, cancel), cancel);

    /// <inheritdoc/>
    public async ValueTask LeaveAsync(Incarnation member, IReadOnlyCollection<int> unsettled, CancellationToken cancel) =>
        await CallAsync(TableCall.Leave, () => LeaveInnerAsync(member, unsettled, cancel), cancel);

    /// <inheritdoc/>
    public ValueTask<bool> DownAsync(Incarnation member, CancellationToken cancel) =>
        CallAsync(TableCall.Down, () => inner.DownAsync(member, cancel), cancel);

    /// <inheritdoc/>
    public ValueTask<bool> AdoptSecretAsync(IReadOnlyList<string> from, string to, CancellationToken cancel) =>
        CallAsync(TableCall.Adopt, () => inner.AdoptSecretAsync(from, to, cancel), cancel);

    /// <inheritdoc/>
    public async ValueTask<ClusterTable> ReadAsync(CancellationToken cancel)
    {
        var read = await CallAsync(TableCall.Read, () => inner.ReadAsync(cancel), cancel);
        return OnRead?.Invoke(read) ?? read;
    }

    private async ValueTask<bool> LeaveInnerAsync(Incarnation member, IReadOnlyCollection<int> unsettled, CancellationToken cancel)
    {
        await inner.LeaveAsync(member, unsettled, cancel);
        return true;
    }

    private async ValueTask<T> CallAsync<T>(TableCall call, Func<ValueTask<T>> ask, CancellationToken cancel)
    {
        Task? scripted = null;
        lock (_gate)
        {
            _counts[call] = _counts.GetValueOrDefault(call) + 1;
            if (!IsCut && _answers.TryGetValue(call, out var answers))
            {
                answers.TryDequeue(out scripted);
            }
        }

        OnCall?.Invoke(call);
        if (IsCut)
        {
            throw new IOException("the table is away");
        }

        var answer = await ask();
        await (scripted?.WaitAsync(cancel) ?? Task.CompletedTask);
        return answer;
    }

    private void Script(TableCall call, Task answer)
    {
        lock (_gate)
        {
            if (!_answers.TryGetValue(call, out var answers))
            {
                _answers.Add(call, answers = new Queue<Task>());
            }

            answers.Enqueue(answer);
        }
    }
}
