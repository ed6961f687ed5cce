using System.Collections.Concurrent;
using Berth.Runtime.Ownership;

namespace Berth.Testing.Membership;

/// <summary>
/// All conditions at once: several members that take, hand on, leave and take from each other at the same time. No pair of a shard and
/// an epoch is ever said to be two members', and no epoch is skipped or comes back.
/// </summary>
public abstract class MembershipStormContract<TStore> : MembershipTableContract<TStore>
    where TStore : MembershipTableUnderTest, new()
{
    private const int Contenders = 4;
    private const int Rounds = 300;

    /// <summary>Few shards, so that they are fought for.</summary>
    private static readonly int[] _shards = [.. Enumerable.Range(0, 8)];

    /// <summary>Who was said to own each pair.</summary>
    private readonly ConcurrentDictionary<(int Shard, long Epoch), Incarnation> _owners = new();

    [Fact]
    public async Task No_pair_has_two_owners_and_epochs_grow_one_by_one()
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var watcher = Task.Run(() => WatchAsync(done.Token), Cancel);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Contenders)
                .Select(i => Task.Run(() => ContendAsync($"member {i}", new Random(i)), Cancel)));
        }
        finally
        {
            await done.CancelAsync();
        }

        await watcher;

        var table = await ReadAsync();
        foreach (var row in table.Shards)
        {
            var epochs = _owners.Keys.Where(pair => pair.Shard == row.Shard).Select(pair => (int)pair.Epoch).Order();
            epochs.ShouldBe(Enumerable.Range(1, (int)row.Epoch.Value), $"each epoch of shard {row.Shard} was somebody's");
        }

        table.Shards.Take(_shards.Length).ShouldAllBe(row => row.Epoch.Value > Contenders, "they were fought for");
        table.Shards.Skip(_shards.Length).ShouldAllBe(row => row.Epoch.Value == 0);
    }

    private async Task ContendAsync(string name, Random random)
    {
        var me = await JoinAsync(name);
        for (var round = 0; round < Rounds; round++)
        {
            var renewal = await Table.RenewAsync(me, Cancel);
            if (!renewal.Up)
            {
                me = await JoinAsync(name);
                continue;
            }

            foreach (var owned in renewal.Owned)
            {
                Owns(owned.Shard, owned.Epoch.Value, me);
            }

            var table = await ReadAsync();
            var other = table.Members[^random.Next(1, int.Min(Contenders, table.Members.Count) + 1)];
            switch (random.Next(100))
            {
                case < 40:
                    Took(me, await Table.AcquireAsync(me, Some(random), from: null, Cancel));
                    break;
                case < 55 when other.Incarnation != me:
                    Took(me, await Table.AcquireAsync(me, Some(random), new SeenMember(other.Incarnation, other.Counter), Cancel));
                    break;
                case < 65:
                    await TakeFromTheDeadAsync(me, table);
                    break;
                case < 95 when renewal.Owned.Count > 0:
                    await HandOnAsync(me, renewal.Owned[random.Next(renewal.Owned.Count)], other.Incarnation);
                    break;
                case >= 97:
                    await LeaveAsync(me);
                    break;
            }
        }
    }

    private async Task TakeFromTheDeadAsync(Incarnation me, ClusterTable table)
    {
        var owners = table.Shards.Select(shard => shard.Owner).ToHashSet();
        foreach (var row in table.Members.Where(row => row.State == MemberState.Down && row.Incarnation != me && owners.Contains(row.Incarnation)))
        {
            Took(me, await Table.AcquireAsync(me, _shards, new SeenMember(row.Incarnation, row.Counter), Cancel));
        }
    }

    private async Task HandOnAsync(Incarnation me, OwnedShard owned, Incarnation to)
    {
        if (await Table.TransferAsync(me, owned, to, settled: false, Cancel) == TransferOutcome.Moved)
        {
            Owns(owned.Shard, owned.Epoch.Value + 1, to);
        }
    }

    /// <summary>What is read never goes back, and a change of owner is a change of epoch.</summary>
    private async Task WatchAsync(CancellationToken done)
    {
        var last = await ReadAsync();
        while (!done.IsCancellationRequested)
        {
            var table = await ReadAsync();
            var states = table.Members.ToDictionary(row => row.Incarnation, row => row.State);
            foreach (var (before, now) in last.Shards.Zip(table.Shards))
            {
                now.Epoch.Value.ShouldBeGreaterThanOrEqualTo(before.Epoch.Value);
                if (now.Owner is { } owner)
                {
                    states[owner].ShouldNotBe(MemberState.Left);
                    Owns(now.Shard, now.Epoch.Value, owner);
                }
            }

            foreach (var before in last.Members)
            {
                var now = table.Members.SingleOrDefault(row => row.Incarnation == before.Incarnation);
                now?.Counter.ShouldBeGreaterThanOrEqualTo(before.Counter);
                (now is null || before.State == MemberState.Up || now.State == before.State).ShouldBeTrue("down is final");
            }

            last = table;
            await Task.Yield();
        }
    }

    private static int[] Some(Random random) => [.. _shards.Where(_ => random.Next(2) == 0)];

    private void Took(Incarnation me, AcquireResult result)
    {
        foreach (var taken in result.Taken)
        {
            Owns(taken.Shard, taken.Epoch.Value, me);
        }
    }

    private void Owns(int shard, long epoch, Incarnation owner) =>
        _owners.GetOrAdd((shard, epoch), owner).ShouldBe(owner, $"epoch {epoch} of shard {shard} belongs to one member");
}
