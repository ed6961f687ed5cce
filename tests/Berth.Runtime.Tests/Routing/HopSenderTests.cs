using System.Net;
using Berth.Pools;
using Berth.Runtime.Pools;
using Berth.Runtime.Routing;
using Berth.Testing.Cluster;

namespace Berth.Runtime.Tests.Routing;

/// <summary>A command that one member sends another, and what may go wrong on the way.</summary>
public sealed class HopSenderTests : IAsyncLifetime
{
    private TestCluster _cluster = null!;
    private string _far = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync(members: 2);
        _far = _cluster.NameOwnedBy(1);
        await _cluster.PoolAsync(_far, seats: 2);
        await _cluster.HoldsAsync(_far, "nobody");
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task The_answer_says_who_gave_it_under_which_ownership()
    {
        var routed = await _cluster.WaitAsync(_cluster.Begin(() =>
            _cluster[0].Member.Router.AskAsync(new(_far), new ClaimSeat(new("a"), Who.Nobody), default)));
        routed.Reply.ShouldBeOfType<Granted>();
        routed.Member.ShouldBe("m1");
        routed.Epoch.ShouldBe(_cluster.ShardOf(_far).Epoch);
    }

    [Fact]
    public async Task An_answer_that_is_lost_is_Unknown_and_what_was_asked_has_happened()
    {
        _cluster[0].Wire.LoseAnswer();
        (await _cluster.ClaimAsync(_far, "a", at: 0)).ShouldBe(Unknown.Instance);
        (await _cluster.HoldsAsync(_far, "a", at: 1)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_refused_connection_is_tried_again_and_at_last_nobodys()
    {
        var arrived = _cluster.Clock.GetTimestamp();
        _cluster[0].Wire.OnSend = _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused");
        (await _cluster.ClaimAsync(_far, "a", at: 0)).ShouldBe(NotOwner.Instance);
        _cluster.Clock.GetElapsedTime(arrived).ShouldBe(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(10));
        _cluster[0].Wire.OnSend = null;
        (await _cluster.HoldsAsync(_far, "a", at: 0)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_was_held_is_sent_once_the_owner_is_there_again()
    {
        var refused = 0;
        _cluster[0].Wire.OnSend = _ => Refuse(refused++ < 3);
        (await _cluster.ClaimAsync(_far, "a", at: 0)).ShouldBeOfType<Granted>();
    }

    [Theory]
    [InlineData(HttpRequestError.Unknown)]
    [InlineData(HttpRequestError.ResponseEnded)]
    [InlineData(HttpRequestError.HttpProtocolError)]
    public async Task Every_other_failure_is_Unknown(HttpRequestError error)
    {
        _cluster[0].Wire.OnSend = _ => throw new HttpRequestException(error, "who knows");
        (await _cluster.ClaimAsync(_far, "a", at: 0)).ShouldBe(Unknown.Instance);
    }

    [Fact]
    public async Task An_answer_that_is_none_is_Unknown()
    {
        _cluster[0].Wire.Instead = () => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        (await _cluster.ClaimAsync(_far, "a", at: 0)).ShouldBe(Unknown.Instance);
        _cluster[0].Wire.Instead = () => new HttpResponseMessage { Content = new ByteArrayContent([1, 2, 3]) };
        (await _cluster.ClaimAsync(_far, "a", at: 0)).ShouldBe(Unknown.Instance);
    }

    [Fact]
    public async Task An_answer_longer_than_any_answer_is_not_read_to_its_end()
    {
        using var endless = new EndlessStream(10L * HopFormat.MaxResponseBytes);
        _cluster[0].Wire.Instead = () => new HttpResponseMessage { Content = new StreamContent(endless) };
        (await _cluster.ClaimAsync(_far, "a", at: 0)).ShouldBe(Unknown.Instance);
        endless.Taken.ShouldBeLessThan(2L * HopFormat.MaxResponseBytes);
    }

    [Fact]
    public async Task A_silent_owner_is_waited_for_and_no_longer_than_that()
    {
        var arrived = _cluster.Clock.GetTimestamp();
        _cluster[1].Wire.IsCut = true;
        (await _cluster.ClaimAsync(_far, "a", at: 0)).ShouldBe(Unknown.Instance);
        _cluster.Clock.GetElapsedTime(arrived).ShouldBe(TimeSpan.FromSeconds(15), TimeSpan.FromMilliseconds(10));
        _cluster[1].Wire.IsCut = false;
        (await _cluster.HoldsAsync(_far, "a", at: 1)).ShouldBeFalse();
    }

    /// <summary>The node counts from when it is told; the owner has counted since it answered.</summary>
    [Fact]
    public async Task What_a_slow_hop_has_used_up_is_not_promised_again()
    {
        var quick = (await _cluster.ClaimAsync(_far, "a", at: 0)).ShouldBeOfType<Granted>();
        var hold = _cluster[1].Journal.Hold(Testing.JournalCall.Append);
        var slow = _cluster.Begin(0, _far, new ClaimSeat(new("b"), Who.Nobody));
        await _cluster.PassAsync(TimeSpan.FromSeconds(1.5));
        _cluster.Do(() => hold.Release());
        (await _cluster.WaitAsync(slow)).ShouldBeOfType<Granted>().TtlMs.ShouldBeInRange(quick.TtlMs - 1_600, quick.TtlMs - 1_500);
    }

    [Fact]
    public async Task An_answer_says_which_file_it_means_and_another_file_is_another()
    {
        await _cluster.ClaimAsync(_far, "a", at: 0);
        var first = await AskAsync(at: 0);
        (await AskAsync(at: 0)).ShouldBe(first);
        first.Owner.ShouldBe(_cluster[1].Self);
        (await AskAsync(at: 1)).Owner.ShouldBe(default);
        var page = (await _cluster.SendAsync(0, _far, new AskLicenses(-1, 10))).ShouldBeOfType<LicensePage>();
        foreach (var license in page.Licenses)
        {
            (await _cluster.SendAsync(0, _far, new ChangeLicense(new LicenseGrant(license.Id, 1, null), Who.Nobody))).ShouldBe(Changed.Instance);
        }

        (await AskAsync(at: 0)).ShouldNotBe(first);

        async Task<FileMark> AskAsync(int at) => (await _cluster.WaitAsync(_cluster.Begin(() =>
            _cluster[at].Member.Router.AskAsync(new(_far), new ClaimSeat(new("a"), Who.Nobody), default)))).File;
    }

    [Fact]
    public async Task A_new_life_at_the_same_address_is_asked_for_its_clock_first()
    {
        _cluster.Restart(1);
        await _cluster.UntilAsync(() => _cluster.OwnerOf(_far) is not null && _cluster.Nodes.All(node => node.Member.IsReady));
        var reply = await _cluster.ClaimAsync(_far, "a", at: 0);
        reply.ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task A_claim_is_dropped_with_its_caller_and_a_release_is_not()
    {
        await _cluster.ClaimAsync(_far, "held", at: 0);
        using var gone = new CancellationTokenSource();
        var hold = _cluster[1].Journal.Hold(Testing.JournalCall.Append);
        var blocker = _cluster.Begin(1, _far, new ClaimSeat(new("blocker"), Who.Nobody));
        var claim = _cluster.Begin(0, _far, new ClaimSeat(new("a"), Who.Nobody), new Delivery(0, gone.Token));
        var release = _cluster.Begin(0, _far, new ReleaseSeat(new("held"), Who.Nobody), new Delivery(0, gone.Token));
        _cluster.Do(gone.Cancel);
        _cluster.Do(() => hold.Release());
        (await _cluster.WaitAsync(blocker)).ShouldBeOfType<Granted>();
        (await _cluster.WaitAsync(claim)).ShouldBe(Unknown.Instance);
        (await _cluster.WaitAsync(release)).ShouldBe(Released.Instance);
        (await _cluster.HoldsAsync(_far, "a", at: 1)).ShouldBeFalse();
    }

    private static void Refuse(bool refuses)
    {
        if (refuses)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "refused");
        }
    }
}
