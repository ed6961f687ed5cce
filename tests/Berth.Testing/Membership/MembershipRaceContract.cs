using System.Collections.Concurrent;
using Berth.Runtime.Ownership;

namespace Berth.Testing.Membership;

/// <summary>Conditions 3 and 5 where several want the same thing at the same moment: one gets it.</summary>
public abstract class MembershipRaceContract<TStore> : MembershipTableContract<TStore>
    where TStore : MembershipTableUnderTest, new()
{
    private static readonly string[] _names = ["ann", "bob"];
    private static readonly int[] _all = [.. Enumerable.Range(0, Shards.Count)];

    /// <summary>How often each race is run: more for a store whose calls are so short that they seldom meet.</summary>
    protected virtual int Rounds => 20;

    [Fact]
    public async Task A_free_shard_goes_to_one_of_those_that_take_it_at_once()
    {
        var taken = new ConcurrentBag<OwnedShard>();
        await AllAtOnceAsync(async name =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                var me = await JoinAsync(name);
                foreach (var owned in (await Table.AcquireAsync(me, _all, from: null, Cancel)).Taken)
                {
                    taken.Add(owned);
                }

                await LeaveAsync(me);
            }
        });

        var epochs = taken.ToLookup(owned => owned.Shard, owned => (int)owned.Epoch.Value);
        foreach (var row in (await ReadAsync()).Shards)
        {
            row.Owner.ShouldBeNull();
            epochs[row.Shard].Order().ShouldBe(Enumerable.Range(1, (int)row.Epoch.Value), $"each epoch of shard {row.Shard} went to one");
        }
    }

    [Fact]
    public async Task What_a_dead_member_owned_goes_to_one_of_those_that_take_it_at_once()
    {
        var dead = await JoinAsync("dan");
        await TakeFreeAsync(dead, _all);
        var taken = new ConcurrentBag<OwnedShard>();
        await AllAtOnceAsync(async name =>
        {
            var me = await JoinAsync(name);
            foreach (var shard in _all)
            {
                foreach (var owned in await TakeFromAsync(me, dead, counter: 0, shard))
                {
                    taken.Add(owned);
                }
            }
        });
        taken.OrderBy(owned => owned.Shard).ShouldBe(_all.Select(shard => Owned(shard, 2, Lease)));
    }

    [Fact]
    public async Task A_shard_that_is_handed_to_several_at_once_moves_to_one()
    {
        var owner = await JoinAsync("dan");
        await TakeFreeAsync(owner, _all);
        for (var round = 0; round < Rounds / 4; round++)
        {
            var moved = new ConcurrentBag<(int Shard, Incarnation To)>();
            var epochs = (await ReadAsync()).Shards.Select(row => row.Epoch.Value).ToArray();
            await AllAtOnceAsync(async name =>
            {
                var me = await JoinAsync(name);
                foreach (var shard in _all)
                {
                    if (await TransferAsync(owner, shard, epochs[shard], me) == TransferOutcome.Moved)
                    {
                        moved.Add((shard, me));
                    }
                }
            });

            var expected = moved.OrderBy(move => move.Shard).Select(move => Row(move.Shard, move.To, epochs[move.Shard] + 1));
            (await ReadAsync()).Shards.ShouldBe(expected);
            foreach (var (shard, to) in moved)
            {
                (await TransferAsync(to, shard, epochs[shard] + 1, owner)).ShouldBe(TransferOutcome.Moved);
            }
        }
    }

    [Fact]
    public async Task Every_renewal_of_one_moment_counts()
    {
        var ann = await JoinAsync("ann");
        await AllAtOnceAsync(async _ =>
        {
            for (var i = 0; i < 25 * Rounds; i++)
            {
                await RenewAsync(ann);
            }
        });
        (await MemberAsync(ann)).Counter.ShouldBeGreaterThanOrEqualTo(25 * Rounds * _names.Length);
    }

    /// <summary>Threads of their own that set off together: calls in memory are over before a pool has started a second thread.</summary>
    private static async Task AllAtOnceAsync(Func<string, Task> act)
    {
        using var start = new Barrier(_names.Length);
        await Task.WhenAll(_names.Select(name => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(Cancel);
                return act(name);
            },
            Cancel,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));
    }
}
