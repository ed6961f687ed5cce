using Berth.Runtime.Pools;

namespace Berth.Runtime.Tests.Pools;

public sealed class SweepScheduleTests
{
    private readonly PoolPlace _one = new(new("one"), new FileMoments());
    private readonly PoolPlace _two = new(new("two"), new FileMoments());
    private readonly SweepSchedule _schedule = new();

    [Fact]
    public void Pools_are_taken_when_due_and_earliest_first()
    {
        _schedule.Add(_one, 200);
        _schedule.Add(_two, 100);
        _schedule.TakeDue(99).ShouldBeEmpty();
        _schedule.TakeDue(200).ShouldBe([_two, _one]);
        _schedule.TakeDue(long.MaxValue).ShouldBeEmpty();
    }

    [Fact]
    public void A_pool_has_one_entry_however_often_it_is_added()
    {
        _schedule.Add(_one, 200);
        _schedule.Add(_one, 100);
        _schedule.Add(_one, 300);
        _schedule.TakeDue(100).ShouldBe([_one]);
        _schedule.TakeDue(long.MaxValue).ShouldBeEmpty();
    }

    [Fact]
    public void A_pool_is_taken_once_at_a_time_and_can_be_added_again()
    {
        for (var round = 0; round < 3; round++)
        {
            _schedule.Add(_one, 200);
            _schedule.Add(_one, 100);
            _schedule.TakeDue(100).ShouldBe([_one]);
            _schedule.Add(_one, 200);
            _schedule.TakeDue(200).ShouldBe([_one]);
        }
    }
}
