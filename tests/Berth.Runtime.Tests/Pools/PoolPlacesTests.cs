using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Testing;

namespace Berth.Runtime.Tests.Pools;

public sealed class PoolPlacesTests : IDisposable
{
    private readonly FakeClock _time = new();
    private readonly MemoryJournal _journal = new();
    private readonly PoolPlaces _places;

    public PoolPlacesTests() => _places = new PoolPlaces(_journal, _time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _places.Dispose();

    [Fact]
    public async Task The_list_is_read_over_many_pages()
    {
        for (var i = 0; i < 2_001; i++)
        {
            await _journal.CreatePoolAsync(new($"p{i:d5}"));
        }

        await _places.ReadAsync();
        _places.Names.Count.ShouldBe(2_001);
        _places.Of(new("p02000")).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_pool_that_was_made_right_after_the_last_reading_is_found()
    {
        await _places.ReadAsync();
        _time.Advance(TimeSpan.FromMilliseconds(10));
        await _journal.CreatePoolAsync(new("new"));
        var finding = _places.FindAsync(new("new")).AsTask();
        finding.IsCompleted.ShouldBeFalse("the list is not read that often");
        _time.Advance(TimeSpan.FromMilliseconds(241));
        (await finding.WaitAsync(Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task However_many_ask_the_list_is_read_once_for_all_of_them()
    {
        var journal = new FaultyJournal(_journal);
        using var places = new PoolPlaces(journal, _time);
        await places.ReadAsync();
        _time.Advance(TimeSpan.FromMilliseconds(10));
        var finding = Enumerable.Range(0, 50).Select(i => places.FindAsync(new($"nobody's {i}")).AsTask()).ToList();
        _time.Advance(TimeSpan.FromMilliseconds(241));
        (await Task.WhenAll(finding).WaitAsync(Cancel)).ShouldAllBe(place => place == null);
        journal.Count(JournalCall.List).ShouldBe(2);
    }

    [Fact]
    public void A_version_is_only_ever_greater()
    {
        var place = new PoolPlace(new("p"), new FileMoments());
        place.Saw(5);
        place.Saw(3);
        place.NewestVersion.ShouldBe(5);
    }

    [Fact]
    public void A_store_has_forgotten_only_what_was_known_before_it_was_asked()
    {
        var place = new PoolPlace(new("p"), new FileMoments());
        var known = place.NewestVersion;
        place.Saw(7);
        place.Opened(5, known).ShouldBeFalse("another actor has written since");
        place.HasForgotten.ShouldBeFalse();
        place.Opened(5, place.NewestVersion).ShouldBeTrue();
        place.Opened(9, place.NewestVersion).ShouldBeFalse();
        place.HasForgotten.ShouldBeTrue("whatever is written later");
    }
}
