using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Runtime.Routing;
using Berth.Testing.Cluster;

namespace Berth.Runtime.Tests.Ownership;

/// <summary>Shards that move because an operator wants it, asked of any member.</summary>
public sealed class AskedMovesTests : IAsyncLifetime
{
    private static readonly TimeSpan _tenMinutes = TimeSpan.FromMinutes(10);

    private TestCluster _cluster = null!;
    private string _pool = null!;
    private int _shard;

    /// <summary>Three members, and a claim in a pool of the second.</summary>
    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync(members: 3);
        _pool = _cluster.NameOwnedBy(1);
        _shard = Shards.Of(new(_pool));
        await _cluster.PoolAsync(_pool, seats: 1);
        await _cluster.ClaimAsync(_pool, "a");
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Any_member_can_be_asked_and_what_moved_stays_for_its_time(int at)
    {
        (await KeepAsync(at, 2, _tenMinutes)).ShouldBeTrue();
        var report = await MoveAsync(at, 1, 2);
        report.Moved!.Value.Outcome.ShouldBe(ShardMoveOutcome.Moved);
        report.Moved.Value.Pause.ShouldBeLessThan(TimeSpan.FromSeconds(1));
        _cluster.OwnerOf(_pool).ShouldBe(2);
        (await _cluster.ClaimAsync(_pool, "a", at: 1)).ShouldBeOfType<Renewed>();
        (await _cluster.ClaimAsync(_pool, "b", at: 1)).ShouldBeOfType<NoSeatFree>();
        await _cluster.PassAsync(_tenMinutes - TimeSpan.FromSeconds(30));
        _cluster.OwnerOf(_pool).ShouldBe(2, "planned moves would have given it back within seconds");
        await _cluster.PassAsync(TimeSpan.FromMinutes(1));
        _cluster.OwnerOf(_pool).ShouldBe(1, "its time is over");
    }

    [Fact]
    public async Task What_nobody_keeps_is_given_back_at_once()
    {
        (await MoveAsync(0, 1, 2)).Moved!.Value.Outcome.ShouldBe(ShardMoveOutcome.Moved);
        await _cluster.PassAsync(TimeSpan.FromSeconds(5));
        _cluster.OwnerOf(_pool).ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_keeps_a_shard_and_leaves_hands_it_on()
    {
        await KeepAsync(0, 2, _tenMinutes);
        await MoveAsync(0, 1, 2);
        await _cluster.LeaveAsync(2);
        _cluster.OwnerOf(_pool).ShouldNotBe(2);
        (await _cluster.ClaimAsync(_pool, "a")).ShouldBeOfType<Renewed>();
    }

    [Fact]
    public async Task Who_does_not_own_it_or_knows_no_such_successor_does_nothing()
    {
        (await MoveAsync(0, 2, 0)).Moved!.Value.Outcome.ShouldBe(ShardMoveOutcome.NotOwned);
        (await MoveAsync(0, 1, 1)).Moved!.Value.Outcome.ShouldBe(ShardMoveOutcome.NoSuccessor);
        _cluster.Do(() => _cluster[1].Member.Pools.Loss.Withhold(_shard, "its store went back"));
        (await MoveAsync(0, 1, 2)).Moved!.Value.Outcome.ShouldBe(ShardMoveOutcome.Withheld);
        _cluster.OwnerOf(_pool).ShouldBe(1);
    }

    [Fact]
    public async Task A_move_and_its_member_that_leaves_do_not_end_each_other()
    {
        var owner = Row(1);
        var moving = Enumerable.Range(0, Shards.Count).Where(shard => _cluster.Read().Shards[shard].Owner == owner.Incarnation).Take(20)
            .Select(shard => _cluster.Begin(() => _cluster[0].Member.Calls.MoveAsync(owner, shard, Row(2), default))).ToList();
        await _cluster.LeaveAsync(1);
        foreach (var move in moving)
        {
            (await _cluster.WaitAsync(move)).ShouldNotBeNull();
        }

        await _cluster.UntilAsync(_cluster.IsBalanced);
        _cluster.Read().Members.Single(row => row.Card.Name == "m1").State.ShouldBe(MemberState.Left);
    }

    [Fact]
    public async Task An_order_for_another_life_of_the_member_is_not_followed()
    {
        var before = Row(1);
        _cluster.Restart(1);
        await _cluster.UntilAsync(() => _cluster[1].Self.Value > before.Incarnation.Value && _cluster.IsBalanced());
        var report = await _cluster.WaitAsync(_cluster.Begin(() => _cluster[0].Member.Calls.MoveAsync(before, _shard, Row(2), default)));
        (report.Moved, report.IsUnknown).ShouldBe((null, false));
        _cluster.OwnerOf(_pool).ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_that_is_lost_leaves_it_open()
    {
        _cluster[0].Wire.LoseAnswer();
        var report = await MoveAsync(0, 1, 2);
        (report.Moved, report.IsUnknown).ShouldBe((null, true));
    }

    [Fact]
    public async Task A_member_says_what_it_is_and_has()
    {
        await KeepAsync(0, 1, _tenMinutes);
        var report = await DescribeAsync(0, 1);
        report.Answers.ShouldBeTrue();
        var account = report.Account!;
        (account.Stage, account.FeatureLevel, account.Version).ShouldBe((MemberStage.Up, 1, "0"));
        account.LeaseLeftMs.ShouldBeInRange(1_000, 3_000);
        var shard = account.Shards.Single(one => one.Shard == _shard);
        (shard.Pools, shard.Claims, shard.KeptMs > 590_000).ShouldBe((1, 1, true));
        (account.Pools >= 1, account.Claims).ShouldBe((true, 1));
        (await DescribeAsync(1, 1)).Account!.Claims.ShouldBe(1);
        (await DescribeAsync(1, 0)).Account!.Claims.ShouldBe(0);
    }

    [Fact]
    public async Task Who_is_cut_off_or_gone_does_not_answer()
    {
        _cluster[1].Cut();
        var began = _cluster.Clock.GetTimestamp();
        (await DescribeAsync(0, 1)).ShouldBe(new MemberReport(false, TimeSpan.Zero, null));
        _cluster.Clock.GetElapsedTime(began).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(2));
        _cluster[1].Heal();
        var row = Row(2);
        _cluster.Kill(2);
        (await _cluster.WaitAsync(_cluster.Begin(() => _cluster[0].Member.Calls.DescribeAsync(row, default)))).Answers.ShouldBeFalse();
    }

    private MemberRow Row(int node) => _cluster.Read().Members.Last(row => row.Incarnation == _cluster[node].Self);

    private Task<ShardReport> MoveAsync(int at, int from, int to) =>
        _cluster.WaitAsync(_cluster.Begin(() => _cluster[at].Member.Calls.MoveAsync(Row(from), _shard, Row(to), default)));

    private Task<bool> KeepAsync(int at, int node, TimeSpan span) =>
        _cluster.WaitAsync(_cluster.Begin(() => _cluster[at].Member.Calls.KeepAsync(Row(node), _shard, span, default)));

    private Task<MemberReport> DescribeAsync(int at, int node) =>
        _cluster.WaitAsync(_cluster.Begin(() => _cluster[at].Member.Calls.DescribeAsync(Row(node), default)));
}
