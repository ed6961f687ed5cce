using Berth.Cli.Access;
using Berth.Protocol;
using Berth.Testing;

namespace Berth.Cli.Tests.Access;

/// <summary>A stream of events that goes on, whatever the member does.</summary>
public sealed class EventStreamTests
{
    private static readonly DateTimeOffset _began = DateTimeOffset.UnixEpoch.AddYears(50);

    private readonly FakeClock _clock = new();
    private readonly ToldCluster _cluster = new();
    private readonly List<string> _warnings = [];

    [Fact]
    public async Task It_begins_now_or_some_time_ago()
    {
        _cluster.Says(Page(3, Event(1, ago: 90), Event(2, ago: 20), Event(3, ago: 0)));
        _cluster.Says(Page(4, Event(4)));
        (await TakeAsync(1, since: null)).ShouldBe([4]);
        _cluster.Asked.ShouldBe([0, 3]);
        _cluster.Says(Page(3, Event(1, ago: 90), Event(2, ago: 20), Event(3, ago: 0)));
        (await TakeAsync(2, since: TimeSpan.FromSeconds(60))).ShouldBe([2, 3]);
    }

    [Fact]
    public async Task It_says_how_many_were_missed()
    {
        _cluster.Says(Page(10));
        _cluster.Says(Page(20, Event(15), Event(20)) with { First = 15 });
        (await TakeAsync(2)).ShouldBe([15, 20]);
        _warnings.ShouldBe(["4 events were missed: the member has kept no more"]);
    }

    [Fact]
    public async Task A_member_that_was_started_again_is_asked_from_its_beginning()
    {
        _cluster.Says(Page(10));
        _cluster.Says(Page(2, Event(1), Event(2)) with { BeganAt = _began.AddDays(1) });
        _cluster.Says(Page(2, Event(1), Event(2)) with { BeganAt = _began.AddDays(1) });
        (await TakeAsync(2)).ShouldBe([1, 2]);
        _cluster.Asked.ShouldBe([0, 10, 0]);
        _warnings.ShouldBe(["the member was started again: what happened meanwhile it has not seen"]);
    }

    [Fact]
    public async Task A_member_that_does_not_answer_is_asked_again_and_it_is_said_once()
    {
        _cluster.Says(Page(1));
        _cluster.Fails();
        _cluster.Fails();
        _cluster.Says(new Problem(ProblemCodes.Unavailable, 503, "not now"));
        _cluster.Says(Page(2, Event(2)));
        var taking = TakeAsync(1);
        while (!taking.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }

        (await taking).ShouldBe([2]);
        _warnings.ShouldBe(["nobody answers; asking again"]);
    }

    [Fact]
    public async Task One_that_never_answered_is_a_failure()
    {
        _cluster.Fails();
        await Should.ThrowAsync<ManagementUnreachableException>(() => TakeAsync(1));
        _cluster.Says(new Problem(ProblemCodes.NotClustered, 409, "the member is the only one"));
        (await Should.ThrowAsync<CommandFailedException>(() => TakeAsync(1))).Code.ShouldBe(ExitCode.Conflict);
    }

    private async Task<List<long>> TakeAsync(int count, TimeSpan? since = null)
    {
        List<long> numbers = [];
        await foreach (var happened in new EventStream(_cluster, _clock, _warnings.Add).ReadAsync(since, CancellationToken.None))
        {
            numbers.Add(happened.Number);
            if (numbers.Count == count)
            {
                break;
            }
        }

        return numbers;
    }

    private static ClusterEventListing Page(long last, params ClusterEventEntry[] events) => new(_began, 1, last, events);

    private ClusterEventEntry Event(long number, int ago = 0) =>
        new(number, _clock.GetUtcNow().AddSeconds(-ago), "member.up", "m1", null, null, null, null, null, null);

    /// <summary>A cluster that answers questions about events as it was told to.</summary>
    private sealed class ToldCluster : ICluster
    {
        private readonly Queue<Func<Answer<ClusterEventListing>>> _answers = new();

        public List<long> Asked { get; } = [];

        public void Says(Answer<ClusterEventListing> answer) => _answers.Enqueue(() => answer);

        public void Fails() => _answers.Enqueue(() => throw new ManagementUnreachableException("nobody answers", new IOException()));

        public ValueTask<Answer<ClusterEventListing>> EventsAsync(long after, int waitSeconds, CancellationToken stop)
        {
            Asked.Add(after);
            return new(_answers.Dequeue()());
        }

        public ValueTask<Answer<ClusterState>> ShowAsync(CancellationToken stop) => throw new NotSupportedException();

        public ValueTask<Answer<DownedMember>> DownAsync(string member, DownMemberRequest request, CancellationToken stop) => throw new NotSupportedException();

        public ValueTask<Answer<LeavingMember>> LeaveAsync(CancellationToken stop) => throw new NotSupportedException();

        public ValueTask<Answer<ShardListing>> ShardsAsync(CancellationToken stop) => throw new NotSupportedException();

        public ValueTask<Answer<MovedShard>> MoveAsync(MoveShardRequest request, CancellationToken stop) => throw new NotSupportedException();

        public ValueTask<Answer<JoinPlan>> PlanJoinAsync(string? member, CancellationToken stop) => throw new NotSupportedException();
    }
}
