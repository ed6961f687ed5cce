using System.Text;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Tests.Journal;

/// <summary>What is read again in a replay is the same object, and nothing else changes.</summary>
public sealed class KnownNamesTests
{
    private static readonly Stamp _stamp = new(5, 6, Who.Nobody);
    private readonly PoolState _state = new(new PoolName("p"));

    [Fact]
    public void A_license_that_the_state_has_gives_its_own_id()
    {
        Pool.Evolve(_state, new PoolAdded("p", _stamp));
        Pool.Evolve(_state, new LicenseAdded(new("lizenz-ä"), 1, null, _stamp));
        var granted = new SeatGranted(new("node"), new("lizenz-ä"), 1, 60_000, null, _stamp);
        var read = EventCodec.Read(EventSamples.Bytes(granted), new KnownNames(_state)).ShouldBeOfType<SeatGranted>();
        read.ShouldBe(granted);
        read.License.Value.ShouldBeSameAs(_state.LicenseOf(new LicenseId("lizenz-ä"))!.Id.Value);
    }

    [Theory]
    [InlineData("never-seen")]
    [InlineData("\ud83d\udea2")]
    public void A_license_that_the_state_has_not_is_read_all_the_same(string id) =>
        new KnownNames(_state).License(Encoding.UTF8.GetBytes(id)).ShouldBe(new LicenseId(id));

    [Fact]
    public void An_id_longer_than_any_license_s_is_read_all_the_same()
    {
        var id = new string('x', LicenseId.MaxBytes + 1);
        new KnownNames(_state).License(Encoding.UTF8.GetBytes(id)).ShouldBe(new LicenseId(id));
    }

    [Fact]
    public void Stamps_are_shared_as_long_as_they_say_the_same()
    {
        var known = new KnownNames(_state);
        var first = known.Stamp(1, 2, Who.Member);
        known.Stamp(1, 2, Who.Member).ShouldBeSameAs(first);
        known.Stamp(1, 2, Who.Nobody).ShouldBe(new Stamp(1, 2, Who.Nobody));
        known.Stamp(1, 3, Who.Nobody).ShouldBe(new Stamp(1, 3, Who.Nobody));
        known.Stamp(2, 3, Who.Nobody).ShouldBe(new Stamp(2, 3, Who.Nobody));
    }

    [Fact]
    public void Every_kind_of_event_reads_the_same_with_and_without()
    {
        var known = new KnownNames(_state);
        foreach (var sample in EventSamples.All)
        {
            EventCodec.Read(EventSamples.Bytes(sample.Event), known).ShouldBe(sample.Event);
        }
    }
}
