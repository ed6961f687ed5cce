using Berth.Server.Cluster;
using Berth.Testing;

namespace Berth.Server.Tests.Cluster;

/// <summary>What is new, what is too old, and what came before.</summary>
public sealed class HopFreshnessTests
{
    private static readonly RunId _sender = RunId.New();

    private readonly FakeClock _clock = new();
    private readonly HopFreshness _freshness;

    public HopFreshnessTests() => _freshness = new HopFreshness(_clock);

    [Fact]
    public void A_number_of_a_sender_is_fresh_once_in_any_order()
    {
        _freshness.Judge(Seal(2)).ShouldBe(Freshness.Fresh);
        _freshness.Judge(Seal(1)).ShouldBe(Freshness.Fresh);
        _freshness.Judge(Seal(2)).ShouldBe(Freshness.Seen);
        _freshness.Judge(Seal(2) with { From = RunId.New() }).ShouldBe(Freshness.Fresh);
    }

    [Fact]
    public void What_was_sealed_for_another_run_or_long_ago_or_ahead_of_time_is_stale()
    {
        _freshness.Judge(Seal(1) with { To = default }).ShouldBe(Freshness.Stale);
        _freshness.Judge(Seal(1) with { To = RunId.New() }).ShouldBe(Freshness.Stale);
        _freshness.Judge(Seal(1) with { ToMs = _freshness.NowMs + 1_500 }).ShouldBe(Freshness.Stale);
        var old = Seal(1);
        _clock.Advance(HopFreshness.Window + TimeSpan.FromMilliseconds(10));
        _freshness.Judge(old).ShouldBe(Freshness.Stale);
        _freshness.Judge(Seal(1)).ShouldBe(Freshness.Fresh);
    }

    /// <summary>A sender may be forgotten only once all that it sent is stale: or it could be sent again.</summary>
    [Fact]
    public void However_many_senders_come_nothing_is_fresh_twice()
    {
        var sealing = Seal(1);
        _freshness.Judge(sealing).ShouldBe(Freshness.Fresh);
        for (var i = 0; i < 1_000; i++)
        {
            _freshness.Judge(Seal(1) with { From = RunId.New() });
        }

        _clock.Advance(HopFreshness.Window - TimeSpan.FromSeconds(1));
        _freshness.Judge(Seal(1) with { From = RunId.New() });
        _freshness.Judge(sealing).ShouldNotBe(Freshness.Fresh);
        _clock.Advance(TimeSpan.FromSeconds(4));
        _freshness.Judge(Seal(1) with { From = RunId.New() }).ShouldBe(Freshness.Fresh);
        _freshness.Judge(sealing).ShouldBe(Freshness.Stale);
    }

    private RequestSeal Seal(long number) => new(_freshness.Self, _freshness.NowMs, _sender, number, 0);
}
