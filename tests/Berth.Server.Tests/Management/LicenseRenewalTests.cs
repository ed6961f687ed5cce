using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Server.Management;
using Berth.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Server.Tests.Management;

/// <summary>A license that is there already comes again.</summary>
public sealed class LicenseRenewalTests : IAsyncLifetime
{
    private static readonly PoolName _pool = new("p");

    private readonly MemoryJournal _journal = new();
    private readonly TestVendor _vendor = new();
    private readonly DateTimeOffset _issued = TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(2);
    private PoolHost _host = null!;
    private Administration _administration = null!;

    public async ValueTask InitializeAsync()
    {
        _host = new PoolHost(_journal, new Epoch(1), TimeProvider.System, new PoolHostOptions(), NullLogger.Instance);
        await _host.StartAsync();
        _administration = new Administration(
            _host, _journal, TimeProvider.System, () => throw new InvalidOperationException(), new Who("operator", null, "ann", null));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    [Fact]
    public async Task A_newer_file_takes_the_place_of_the_one_that_is_there_and_its_holder_stays()
    {
        var (id, _, key) = await AddedAsync(machines: 1);
        await ClaimAsync("n1");
        var newer = _vendor.Reissue(id, key, _issued.AddDays(1));
        (await AddAsync(newer, key)).Value!.Added.ShouldBe([new AddedLicense(id, 1, null, Renewed: true)]);
        (await StoredAsync(id)).File.ToArray().ShouldBe(newer);
        (await ClaimAsync("n1")).ShouldBeOfType<Renewed>();
        (await ClaimAsync("n2")).ShouldBeOfType<NoSeatFree>();
    }

    [Fact]
    public async Task A_newer_file_may_have_another_key()
    {
        var (id, _, _) = await AddedAsync(machines: 1);
        (await AddAsync(_vendor.Reissue(id, "another key", _issued.AddDays(1)), "another key")).IsGood.ShouldBeTrue();
        (await StoredAsync(id)).Key.ShouldBe("another key");
    }

    [Fact]
    public async Task An_older_file_does_not_come_back()
    {
        var (id, file, key) = await AddedAsync(machines: 2);
        (await AddAsync(_vendor.Reissue(id, key, _issued.AddDays(-1), machines: 9), key, all: true)).Problem!.Code.ShouldBe(ProblemCodes.LicenseOlder);
        (await StoredAsync(id)).File.ToArray().ShouldBe(file);
    }

    [Fact]
    public async Task The_number_of_seats_stays_unless_the_newer_file_allows_fewer()
    {
        var (id, _, key) = await AddedAsync(machines: 5, seats: 4);
        (await AddAsync(_vendor.Reissue(id, key, _issued.AddDays(1), machines: 9), key)).Value!.Added[0].Seats.ShouldBe(4);
        (await AddAsync(_vendor.Reissue(id, key, _issued.AddDays(1.5), machines: 2), key)).Value!.Added[0].Seats.ShouldBe(2);
        (await _administration.FindLicenseAsync(id, default)).Value!.Seats.ShouldBe(2);
    }

    [Fact]
    public async Task The_same_file_with_another_number_of_seats_grows_or_shrinks()
    {
        var (id, file, key) = await AddedAsync(machines: 5);
        (await AddAsync(file, key, seats: 5)).Value!.Added.ShouldBe([new AddedLicense(id, 5, null, Renewed: true)]);
        (await AddAsync(file, key, seats: 2)).Value!.Added[0].Seats.ShouldBe(2);
        (await AddAsync(file, key, seats: 6)).Problem!.Code.ShouldBe(ProblemCodes.SeatsNotAllowed);
        (await AddAsync(file, key, seats: 2)).Problem!.Code.ShouldBe(ProblemCodes.LicenseExists);
        (await AddAsync(file, key)).Problem!.Code.ShouldBe(ProblemCodes.LicenseExists);
    }

    [Fact]
    public async Task A_license_that_was_taken_out_while_held_comes_back_in_its_pool_only()
    {
        var (id, file, key) = await AddedAsync(machines: 1);
        await ClaimAsync("n1");
        await _administration.RemoveLicenseAsync(id, default);
        (await AddAsync(file, key, pool: "elsewhere")).Problem!.Code.ShouldBe(ProblemCodes.LicenseExists);
        (await AddAsync(file, key)).IsGood.ShouldBeTrue();
        (await ClaimAsync("n1")).ShouldBeOfType<Renewed>();
    }

    [Fact]
    public async Task A_renewal_among_new_ones_is_done_in_order()
    {
        var (id, _, key) = await AddedAsync(machines: 1);
        var first = _vendor.Issue();
        var last = _vendor.Issue();
        var answer = await _administration.AddLicensesAsync(
            new AddLicensesRequest(
                [new(first.File, first.Key), new(_vendor.Reissue(id, key, _issued.AddDays(1)), key), new(last.File, last.Key)], _vendor.PublicKey, "p"),
            default);
        answer.Value!.Added.Select(added => (added.Id, added.Renewed)).ShouldBe([(first.Id, false), (id, true), (last.Id, false)]);
    }

    [Fact]
    public async Task A_file_whose_key_another_license_has_is_refused()
    {
        var (id, file, key) = await AddedAsync(machines: 1);
        var other = await AddedAsync(machines: 1);
        (await AddAsync(_vendor.Reissue(id, other.Key, _issued.AddDays(1)), other.Key)).Problem!.Code.ShouldBe(ProblemCodes.LicenseExists);
        (await StoredAsync(id)).File.ToArray().ShouldBe(file);
        (await StoredAsync(id)).Key.ShouldBe(key);
    }

    [Fact]
    public async Task The_record_names_who_renewed()
    {
        var (id, _, key) = await AddedAsync(machines: 1);
        await AddAsync(_vendor.Reissue(id, key, _issued.AddDays(1)), key);
        var record = (await _journal.ReadAsync(_pool, 0, 100))[^1];
        PoolEvent? last = null;
        foreach (var stored in new EventFrames(record.Bytes))
        {
            last = EventCodec.Read(stored.Span);
        }

        last.ShouldBeOfType<LicenseChanged>().Stamp.Who.User.ShouldBe("ann");
    }

    private async Task<(string Id, byte[] File, string Key)> AddedAsync(int machines, int? seats = null)
    {
        var issued = _vendor.Issue(machines, issued: _issued);
        (await AddAsync(issued.File, issued.Key, seats)).IsGood.ShouldBeTrue();
        return issued;
    }

    private ValueTask<Answer<AddedLicenses>> AddAsync(byte[] file, string key, int? seats = null, bool all = false, string pool = "p") =>
        _administration.AddLicensesAsync(new AddLicensesRequest([new(file, key)], _vendor.PublicKey, pool, seats, all), default);

    private ValueTask<PoolReply> ClaimAsync(string node) =>
        _host.SendAsync(_pool, new ClaimSeat(new Fingerprint(node), Who.Nobody), default);

    private async Task<LicenseRow> StoredAsync(string id) => (await _journal.ReadLicenseAsync(new LicenseId(id))).ShouldNotBeNull();
}
