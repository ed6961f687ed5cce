using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Simulation.Kernel;
using Berth.Simulation.Scenarios;

namespace Berth.Simulation.Tests.Scenarios;

/// <summary>What was sent long ago arrives after all, at the owner or in the journal.</summary>
public sealed class LateArrivalTests : IDisposable
{
    private readonly Script _script = Script.Started(2);
    private readonly PoolName _pool;

    public LateArrivalTests() => _pool = _script.PoolAt("m1", seats: 1);

    public void Dispose() => _script.Dispose();

    [Fact]
    public void A_release_that_was_on_its_way_longer_than_its_time_leaves_the_newer_claim()
    {
        _script.Claim("n1", "m2", _pool).Reply.ShouldBe(new Granted(new("lic-1"), 30_000, 1));
        Delay(TimeSpan.FromSeconds(9));
        var late = _script.BeginRelease("n1", "m2", _pool);
        _script.Run(TimeSpan.FromMilliseconds(5));
        _script.Release("n1", "m1", _pool).Reply.ShouldBe(Released.Instance);
        _script.Claim("n1", "m1", _pool).Reply.ShouldBe(new Granted(new("lic-1"), 30_000, 2));

        _script.Wait(late).Reply.ShouldBe(NotOwner.Instance);
        late.Took.ShouldBeGreaterThan(TimeSpan.FromSeconds(9));
        _script.Wait(_script.Ask("n1", "m1", _pool, new AskClaim(new("n1")))).Reply.ShouldBe(AlreadyHeld.Instance);
        _script.Claim("n2", "m1", _pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
    }

    [Fact]
    public void A_release_that_is_late_but_in_its_time_counts()
    {
        _script.Claim("n1", "m2", _pool);
        Delay(TimeSpan.FromSeconds(7));
        _script.Release("n1", "m2", _pool).Reply.ShouldBe(Released.Instance);
        _script.Claim("n2", "m1", _pool).Reply.ShouldBeOfType<Granted>();
    }

    [Fact]
    public void A_release_that_comes_twice_frees_once()
    {
        _script.Claim("n1", "m2", _pool);
        Delay(TimeSpan.FromSeconds(2), duplication: 1);
        var released = _script.BeginRelease("n1", "m2", _pool);
        _script.Run(TimeSpan.FromMilliseconds(5));
        Delay(TimeSpan.FromMilliseconds(1));
        _script.Wait(released).Reply.ShouldBe(Released.Instance);
        _script.Claim("n1", "m1", _pool).Reply.ShouldBeOfType<Granted>();
        _script.Run(TimeSpan.FromSeconds(4));
        _script.Cluster.Network.Counts.Duplicated.ShouldBe(1);
        _script.Claim("n1", "m1", _pool).Reply.ShouldBeOfType<Renewed>();
    }

    [Fact]
    public void An_append_that_lands_after_its_owner_has_opened_again_is_fenced()
    {
        var (asked, append) = BeginClaim();
        var before = _script.OpenAt("m1", _pool)!.Value;
        append.Fail(new IOException("the connection was lost"));
        _script.Wait(asked).Reply.ShouldBe(Unknown.Instance);
        _script.RunUntil(() => _script.OpenAt("m1", _pool) == (before.Epoch, new Opening(before.Opening.Value + 1)));
        append.TakeEffect();
        append.Result.ShouldBe(AppendResult.Fenced);
        _script.Claim("n2", "m1", _pool).Reply.ShouldBe(new Granted(new("lic-1"), 30_000, 1));
        _script.Claim("n1", "m1", _pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
    }

    [Fact]
    public void An_append_that_had_landed_before_its_owner_opens_again_counts()
    {
        var (asked, append) = BeginClaim();
        append.TakeEffect();
        append.Fail(new IOException("the connection was lost"));
        _script.Wait(asked).Reply.ShouldBe(Unknown.Instance);
        _script.Claim("n2", "m1", _pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        _script.Claim("n1", "m1", _pool).Reply.ShouldBe(new Renewed(new("lic-1"), 30_000, Repeat: true));
    }

    [Fact]
    public void An_append_that_lands_after_another_owner_has_opened_is_fenced()
    {
        var (asked, append) = BeginClaim();
        _script.CutOff("m1");
        _script.RunUntil(() => _script.OpenAt("m2", _pool)?.Epoch == new Epoch(2));
        _script.Claim("n2", "m2", _pool).Reply.ShouldBe(new Granted(new("lic-1"), 30_000, 1));
        append.TakeEffect();
        append.Result.ShouldBe(AppendResult.Fenced);
        append.Answer();
        _script.Wait(asked).Reply.ShouldBe(NotOwner.Instance);
        _script.Claim("n1", "m2", _pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
    }

    private void Delay(TimeSpan delay, double duplication = 0)
    {
        // Only what goes from the edge to the owner, and only from here on.
        _script.Cluster.Network.Weather.Set("m2", "m1", new LinkWeather
        {
            Delay = Latency.Of(delay.TotalMilliseconds, delay.TotalMilliseconds),
            Duplication = duplication,
        });
    }

    private (Asked Asked, StoreCall Append) BeginClaim()
    {
        var appends = _script.Keep("m1", operation => operation is AppendBatch append && append.Pool == _pool, most: 1);
        var asked = _script.BeginClaim("n1", "m1", _pool);
        _script.RunUntil(() => appends.Any);
        return (asked, appends.First);
    }
}
