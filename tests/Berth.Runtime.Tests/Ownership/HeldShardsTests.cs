using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Testing;

namespace Berth.Runtime.Tests.Ownership;

public sealed class HeldShardsTests
{
    private readonly FakeClock _time = new();
    private readonly HeldShards _shards;

    public HeldShardsTests() => _shards = new HeldShards(_time);

    [Fact]
    public void What_a_renewal_names_is_held_and_what_it_leaves_out_is_closed()
    {
        Accept(Owned(1, epoch: 4), Owned(2, epoch: 7));
        _shards.Count.ShouldBe(2);
        var second = _shards.At(2)!;
        var (lost, taken) = Accept(Owned(1, epoch: 4));
        lost.ShouldBe([second]);
        taken.ShouldBeEmpty();
        second.IsClosed.ShouldBeTrue();
        _shards.At(2).ShouldBeNull();
        _shards.At(1)!.IsServing.ShouldBeTrue();
    }

    [Fact]
    public void An_older_answer_does_not_close_what_was_taken_after_it_was_sent()
    {
        var sent = _time.GetTimestamp();
        Pass();
        _shards.Take([Owned(1, epoch: 1)]);
        Pass();
        _shards.Accept([], sent).Lost.ShouldBeEmpty();
        _shards.At(1)!.IsServing.ShouldBeTrue();
        Accept().Lost.Count.ShouldBe(1);
    }

    [Fact]
    public void An_older_answer_brings_no_older_epoch_back()
    {
        _shards.Take([Owned(1, epoch: 5)]);
        Pass();
        var (lost, taken) = Accept(Owned(1, epoch: 4));
        (lost.Count, taken.Count).ShouldBe((0, 0));
        _shards.At(1)!.Epoch.Value.ShouldBe(5);
    }

    [Fact]
    public void A_new_epoch_closes_the_former_one()
    {
        Accept(Owned(1, epoch: 1));
        var former = _shards.At(1)!;
        var (lost, taken) = Accept(Owned(1, epoch: 3));
        lost.ShouldBe([former]);
        former.IsClosed.ShouldBeTrue();
        taken.ShouldHaveSingleItem().Epoch.Value.ShouldBe(3);
    }

    [Fact]
    public void A_pair_that_was_given_up_never_comes_back()
    {
        Accept(Owned(1, epoch: 1));
        var shard = _shards.At(1)!;
        shard.Drain().ShouldBeTrue();
        _shards.GiveUp(shard).ShouldBeTrue();
        shard.IsClosed.ShouldBeTrue();
        Accept(Owned(1, epoch: 1)).Taken.ShouldBeEmpty();
        _shards.Take([Owned(1, epoch: 1)]).Taken.ShouldBeEmpty();
        Accept(Owned(1, epoch: 2)).Taken.ShouldHaveSingleItem();
    }

    [Fact]
    public void What_was_lost_meanwhile_cannot_be_given_up()
    {
        Accept(Owned(1, epoch: 1));
        var shard = _shards.At(1)!;
        shard.Drain();
        Accept(Owned(1, epoch: 3));
        _shards.GiveUp(shard).ShouldBeFalse();
        _shards.At(1)!.IsServing.ShouldBeTrue();
    }

    [Fact]
    public void It_is_settled_a_little_after_the_former_lease()
    {
        _shards.Take([Owned(1, epoch: 2, formerLease: TimeSpan.FromSeconds(3)), Owned(2, epoch: 2)]);
        var (waits, free) = (_shards.At(1)!, _shards.At(2)!);
        _time.GetElapsedTime(waits.TakenAt, waits.SettlesAt)
            .ShouldBe(TimeSpan.FromSeconds(3) + HeldLease.Slack, TimeSpan.FromMilliseconds(1));
        free.SettlesAt.ShouldBe(free.TakenAt);
    }

    [Fact]
    public void The_end_of_the_life_closes_everything()
    {
        Accept(Owned(1, epoch: 1), Owned(2, epoch: 1));
        var all = _shards.All.ToList();
        _shards.LoseAll().ShouldBe(all);
        all.ShouldAllBe(shard => shard.IsClosed);
        _shards.Count.ShouldBe(0);
    }

    [Fact]
    public void A_shard_drains_once()
    {
        Accept(Owned(1, epoch: 1));
        var shard = _shards.At(1)!;
        shard.Drain().ShouldBeTrue();
        shard.IsServing.ShouldBeFalse();
        shard.IsClosed.ShouldBeFalse();
        shard.Drain().ShouldBeFalse();
    }

    [Fact]
    public void A_shard_that_was_closed_is_never_open_again()
    {
        Accept(Owned(1, epoch: 1));
        var shard = _shards.At(1)!;
        _shards.LoseAll();
        shard.Drain().ShouldBeFalse();
        shard.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void The_only_member_holds_everything_and_nobody_held_it_before()
    {
        var everything = HeldShards.Everything(new Epoch(9), _time);
        everything.Count.ShouldBe(Shards.Count);
        everything.All.ShouldAllBe(shard => shard.Epoch.Value == 9 && shard.SettlesAt == 0 && shard.IsServing);
    }

    private static OwnedShard Owned(int shard, long epoch, TimeSpan formerLease = default) => new(shard, new Epoch(epoch), formerLease);

    private void Pass() => _time.Advance(TimeSpan.FromMilliseconds(10));

    private (IReadOnlyList<HeldShard> Lost, IReadOnlyList<HeldShard> Taken) Accept(params OwnedShard[] owned)
    {
        Pass();
        return _shards.Accept(owned, _time.GetTimestamp());
    }
}
