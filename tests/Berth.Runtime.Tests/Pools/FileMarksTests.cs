using Berth.Pools;
using Berth.Runtime.Pools;

namespace Berth.Runtime.Tests.Pools;

/// <summary>The same number means the same file.</summary>
public sealed class FileMarksTests
{
    private static readonly LicenseId _one = new("one");
    private static readonly LicenseId _two = new("two");
    private static readonly Stamp _stamp = new(0, 0, Who.Nobody);

    private readonly FileMoments _moments = new();
    private readonly FileMarks _marks;

    public FileMarksTests() => _marks = new FileMarks(_moments);

    [Fact]
    public void A_change_of_a_license_changes_its_number_and_no_other()
    {
        var (one, two) = (_marks.Of(_one), _marks.Of(_two));
        foreach (var happened in new PoolEvent[]
        {
            new LicenseChanged(_one, 1, null, _stamp), new LicenseRemoved(_one, _stamp), new LicenseAdded(_one, 1, null, _stamp),
            new LicenseImported(_one, 1, null, 0, 0, 0, 0, _stamp),
        })
        {
            _marks.Follow(happened);
            _marks.Of(_one).ShouldNotBe(one, happened.GetType().Name);
            _marks.Of(_two).ShouldBe(two);
            one = _marks.Of(_one);
        }

        _marks.Follow(new SeatReleased(new("n"), _one, 1, ReleaseCause.Node, _stamp));
        _marks.Of(_one).ShouldBe(one);
    }

    [Fact]
    public void An_opening_changes_every_number()
    {
        _marks.Follow(new LicenseChanged(_one, 1, null, _stamp));
        var (one, two) = (_marks.Of(_one), _marks.Of(_two));
        _marks.Renew();
        _marks.Of(_one).ShouldNotBe(one);
        _marks.Of(_two).ShouldNotBe(two);
    }

    [Fact]
    public void However_many_change_each_number_is_another()
    {
        var seen = new HashSet<long>();
        for (var i = 0; i < 20_000; i++)
        {
            var license = new LicenseId($"license-{i % 5_000}");
            var before = _marks.Of(license);
            _marks.Follow(new LicenseChanged(license, 1, null, _stamp));
            _marks.Of(license).ShouldBeGreaterThan(before);
            seen.Add(_marks.Of(license)).ShouldBeTrue();
        }
    }

    [Fact]
    public void Pools_of_one_host_never_give_the_same_number() =>
        new FileMarks(_moments).Of(_one).ShouldNotBe(_marks.Of(_one));
}
