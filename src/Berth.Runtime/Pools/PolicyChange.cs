using Berth.Pools;

namespace Berth.Runtime.Pools;

/// <summary>Changes the policy of the cluster while pools are served: recorded first, then followed, one change at a time.</summary>
internal sealed class PolicyChange(
    Func<PoolName, PoolCommand, ValueTask<PoolReply>> send, PoolHost host, PoolEnvironment shared) : IDisposable
{
    private static readonly TimeSpan _askAgain = TimeSpan.FromSeconds(1);

    /// <summary>Held from the look at what is recorded until the rules follow it.</summary>
    private readonly SemaphoreSlim _gate = new(1);

    public async ValueTask<PoolReply> MakeAsync(PolicyException change, Who who)
    {
        await _gate.WaitAsync();
        try
        {
            if (await FollowAsync() is { } unreadable)
            {
                return unreadable;
            }

            var wanted = change.Over(shared.Rules.ClusterPolicy);
            var reply = await send(PoolName.Global, new SetClusterPolicy(wanted, who));
            if (reply is Changed)
            {
                Follow(wanted);
            }

            return reply;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Follows what is recorded now. False: it could not be read.</summary>
    public async ValueTask<bool> LookAsync()
    {
        await _gate.WaitAsync();
        try
        {
            return await FollowAsync() is null;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Finds out which policy was recorded, however long the store is away.</summary>
    public async Task FindOutAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await _gate.WaitAsync(CancellationToken.None);
            try
            {
                if (await FollowAsync() is null or NotOwner)
                {
                    return;
                }
            }
            finally
            {
                _gate.Release();
            }

            await PauseAsync(stop);
        }
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>Follows what is recorded. Not null: the global pool did not say what that is.</summary>
    private async ValueTask<PoolReply?> FollowAsync()
    {
        var reply = await send(PoolName.Global, new AskSummary());
        if (reply is not PoolSummary summary)
        {
            return reply;
        }

        Follow(summary.ClusterPolicy ?? Policy.Default);
        return null;
    }

    private async Task PauseAsync(CancellationToken stop)
    {
        try
        {
            await Task.Delay(_askAgain, shared.Time, stop);
        }
        catch (OperationCanceledException)
        {
            // The member stops: whoever waits looks at the token.
            return;
        }
    }

    private void Follow(Policy policy)
    {
        var before = shared.Rules.ClusterPolicy;
        if (policy == before)
        {
            return;
        }

        shared.Change(rules => rules with { ClusterPolicy = policy });
        if (policy.Heartbeats != before.Heartbeats)
        {
            // Where nobody speaks, nobody would notice that claims lapse from now on.
            host.SweepAll();
        }
    }
}
