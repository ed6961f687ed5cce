using Berth.Runtime.Ownership;
using Berth.Testing.Cluster;

namespace Berth.Runtime.Tests.Ownership;

public sealed class DeathEvidenceTests : IAsyncLifetime
{
    private static readonly TimeSpan _again = new OwnershipOptions().EvidenceAgainAfter;
    private static readonly TimeSpan _soon = new OwnershipOptions().EvidenceEvery + _again + TimeSpan.FromMilliseconds(10);

    private TestCluster _cluster = null!;
    private string _first = null!;
    private string _second = null!;

    /// <summary>Called about a member by its name, with how often it was asked about before.</summary>
    private Func<string, int, CancellationToken, ValueTask<bool>> _find = (_, _, _) => new(false);
    private readonly Dictionary<string, int> _asked = new(StringComparer.Ordinal);

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync(members: 3, new TestClusterOptions
        {
            Ownership = new OwnershipOptions { FindEvidence = FindAsync },
        });
        (_first, _second) = (_cluster.NameOwnedBy(1), _cluster.NameOwnedBy(2));
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task It_is_believed_the_second_time_and_acted_upon_at_once()
    {
        _cluster.Kill(1);
        _find = (name, _, _) => new(string.Equals(name, "m1", StringComparison.Ordinal));
        await TakenWithinAsync(_first, _soon);
        _asked["m1"].ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task Once_is_not_enough()
    {
        await _cluster.LeaveAsync(2);
        _first = _cluster.NameOwnedBy(1);
        _cluster.Kill(1);
        _asked.Clear();
        _find = (_, times, _) => new(times % 2 == 0);
        await _cluster.PassAsync(TimeSpan.FromSeconds(2));
        _asked["m1"].ShouldBeGreaterThan(6);
        _cluster.OwnerOf(_first).ShouldBeNull("its lease has not ended");
    }

    [Fact]
    public async Task A_member_that_renews_between_the_two_lives()
    {
        // One is left to ask: whose question is the first, and whose the second, is plain.
        await _cluster.LeaveAsync(2);
        _asked.Clear();
        var renewed = new TaskCompletionSource();
        _find = async (name, times, _) =>
        {
            if (name is "m1" && times == 1)
            {
                await renewed.Task;
            }

            return name is "m1";
        };
        await _cluster.UntilAsync(() => _asked.GetValueOrDefault("m1") >= 2);
        var counter = Counter("m1");
        await _cluster.UntilAsync(() => Counter("m1") > counter);
        _find = (_, _, _) => new(false);
        _cluster.Do(renewed.SetResult);
        await _cluster.PassAsync(_soon);
        _cluster.Read().Members.Count(member => member.State == MemberState.Up).ShouldBe(2);
    }

    [Fact]
    public async Task Who_does_not_answer_keeps_nobody_from_asking_about_others()
    {
        _find = async (name, _, cancel) =>
        {
            if (name is "m2")
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, _cluster.Clock, cancel);
            }

            return name is "m1";
        };
        await _cluster.UntilAsync(() => _asked.GetValueOrDefault("m2") >= 2);
        _cluster.Kill(1);
        await TakenWithinAsync(_first, _soon);
        _cluster.OwnerOf(_second).ShouldBe(2);
    }

    [Fact]
    public async Task Evidence_that_cannot_be_asked_for_is_none_and_stops_nobody()
    {
        _cluster.Kill(1);
        _find = (_, _, _) => throw new IOException("the store is away");
        await _cluster.PassAsync(TimeSpan.FromSeconds(2));
        _asked["m1"].ShouldBeGreaterThan(6);
        _cluster.OwnerOf(_first).ShouldBeNull("its lease has not ended");
        _cluster.OwnerOf(_second).ShouldBe(2);
    }

    [Fact]
    public async Task Nobody_looks_for_evidence_about_himself_or_about_who_has_ended()
    {
        await _cluster.LeaveAsync(1);
        await _cluster.LeaveAsync(2);
        await _cluster.PassAsync(_soon);
        _asked.Clear();
        await _cluster.PassAsync(TimeSpan.FromSeconds(2));
        _asked.ShouldBeEmpty();
    }

    private long Counter(string member) => _cluster.Read().Members.Single(row => string.Equals(row.Card.Name, member, StringComparison.Ordinal)).Counter;

    private async Task TakenWithinAsync(string pool, TimeSpan limit)
    {
        var since = _cluster.Clock.GetTimestamp();
        await _cluster.UntilAsync(() => _cluster.OwnerOf(pool) is 0 or 2);
        _cluster.Clock.GetElapsedTime(since).ShouldBeLessThan(limit);
    }

    private ValueTask<bool> FindAsync(MemberRow member, CancellationToken cancel)
    {
        var times = _asked.GetValueOrDefault(member.Card.Name);
        _asked[member.Card.Name] = times + 1;
        return _find(member.Card.Name, times, cancel);
    }
}
