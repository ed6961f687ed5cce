using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Server.Management;
using Berth.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Server.Tests.Management;

/// <summary>What every administration keeps to, in the process or through a socket.</summary>
public abstract class AdministrationSuite : IAsyncLifetime
{
    private static readonly ServerDescription _server = new("1", 2, "memory", 3, DateTimeOffset.UnixEpoch);

    private readonly MemoryJournal _journal = new();
    private readonly TestVendor _vendor = new();
    private PoolHost _host = null!;

    private protected Administration Inside { get; private set; } = null!;

    private protected abstract IAdministration Asked { get; }

    private protected MemoryJournal Journal => _journal;

    public virtual async ValueTask InitializeAsync()
    {
        _host = new PoolHost(_journal, new Epoch(1), TimeProvider.System, new PoolHostOptions(), NullLogger.Instance);
        await _host.StartAsync();
        Inside = new Administration(
            _host,
            _journal,
            TimeProvider.System,
            () => _server,
            new Who("operator", null, null, null),
            policy => [new SettingEntry("ttl", $"{policy.TtlMs}", SettingOrigins.Recorded, null)]) { Verifiers = 4 };
    }

    public virtual async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_server_is_described() => (await Asked.DescribeServerAsync(default)).Value.ShouldBe(_server);

    [Fact]
    public async Task Added_licenses_are_listed_and_found()
    {
        var (ids, request) = Licenses(3);
        var added = await Asked.AddLicensesAsync(request with { Pool = "p" }, default);
        added.Value!.Added.ShouldBe(ids.Select(id => new AddedLicense(id, 1)));
        var first = (await Asked.ListLicensesAsync(null, null, 2, default)).Value!;
        var second = (await Asked.ListLicensesAsync(null, first.Next, 2, default)).Value!;
        first.Licenses.Concat(second.Licenses).Select(license => license.Id).ShouldBe(ids);
        second.Next.ShouldBeNull();
        (await Asked.FindLicenseAsync(ids[1], default)).Value!.Pool.ShouldBe("p");
        (await Asked.ListPoolsAsync(null, 10, default)).Value!.Pools.Select(pool => (pool.Name, pool.Licenses)).ShouldBe([("-", 0), ("p", 3)]);
    }

    [Fact]
    public async Task Pages_run_over_all_pools()
    {
        foreach (var pool in new[] { "b", "a", "c" })
        {
            (await Asked.AddLicensesAsync(Licenses(3).Request with { Pool = pool }, default)).IsGood.ShouldBeTrue();
        }

        var pools = new List<string>();
        string? next = null;
        do
        {
            var page = (await Asked.ListLicensesAsync(null, next, 2, default)).Value!;
            pools.AddRange(page.Licenses.Select(license => license.Pool));
            next = page.Next;
        }
        while (next is not null);
        pools.ShouldBe(["a", "a", "a", "b", "b", "b", "c", "c", "c"]);
        var first = (await Asked.ListPoolsAsync(null, 2, default)).Value!;
        var rest = (await Asked.ListPoolsAsync(first.Next, 2, default)).Value!;
        first.Pools.Concat(rest.Pools).Select(pool => pool.Name).ShouldBe(["-", "a", "b", "c"]);
    }

    [Fact]
    public async Task A_duplicate_ends_it_and_those_before_stay()
    {
        var (ids, request) = Licenses(4);
        await Asked.AddLicensesAsync(request with { Licenses = [request.Licenses![2]] }, default);
        var problem = (await Asked.AddLicensesAsync(request, default)).Problem!;
        problem.Code.ShouldBe(ProblemCodes.LicenseExists);
        problem.Added!.Select(license => license.Id).ShouldBe(ids.Take(2));
        (await Asked.FindLicenseAsync(ids[3], default)).Problem!.Code.ShouldBe(ProblemCodes.LicenseNotFound);
    }

    [Fact]
    public async Task The_same_file_twice_in_one_request_is_a_duplicate()
    {
        var (ids, request) = Licenses(1);
        var problem = (await Asked.AddLicensesAsync(request with { Licenses = [request.Licenses![0], request.Licenses[0]] }, default)).Problem!;
        (problem.Code, problem.Added!.Single().Id).ShouldBe((ProblemCodes.LicenseExists, ids[0]));
    }

    [Fact]
    public async Task A_bad_file_ends_it_and_makes_no_pool()
    {
        var (_, request) = Licenses(1);
        var problem = (await Asked.AddLicensesAsync(request with { Pool = "new", PublicKey = new TestVendor().PublicKey }, default)).Problem!;
        (problem.Code, problem.Status).ShouldBe((ProblemCodes.LicenseRejected, 422));
        problem.Detail.ShouldBe("license verification failed: license file is invalid");
        (await Asked.FindPoolAsync("new", default)).Problem!.Code.ShouldBe(ProblemCodes.PoolNotFound);
    }

    [Fact]
    public async Task The_first_bad_file_in_order_is_the_one_that_counts()
    {
        var (ids, request) = Licenses(AddLicensesRequest.MaxLicenses);
        var uploads = request.Licenses!.ToArray();
        foreach (var (at, key) in new[] { (250, "wrong"), (101, "wrong"), (100, null), (200, "wrong") })
        {
            // Number 100 fails otherwise than those after it: it has no signature at all.
            uploads[at] = key is null ? uploads[at]! with { File = "nothing"u8.ToArray() } : uploads[at]! with { Key = key };
        }

        var problem = (await Asked.AddLicensesAsync(request with { Licenses = uploads }, default)).Problem!;
        problem.Detail.ShouldBe("license verification failed: license file is invalid");
        problem.Added!.Select(license => license.Id).ShouldBe(ids.Take(100));
    }

    [Fact]
    public async Task The_end_of_a_license_is_said_when_it_is_added()
    {
        var end = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var (id, file, key) = _vendor.Issue(expiry: end);
        var request = Licenses(1).Request with { Licenses = [new LicenseUpload(file, key)] };
        (await Asked.AddLicensesAsync(request, default)).Value!.Added.ShouldBe([new AddedLicense(id, 1, end)]);
    }

    [Fact]
    public async Task A_removed_license_that_is_held_says_so()
    {
        var (ids, request) = Licenses(1, machines: 5);
        await Asked.AddLicensesAsync(request with { AllSeats = true }, default);
        foreach (var node in new[] { "a", "b" })
        {
            await _host.SendAsync(PoolName.Global, new ClaimSeat(new Fingerprint(node), Who.Nobody), default);
        }

        (await Asked.RemoveLicenseAsync(ids[0], default)).Value.ShouldBe(new RemovedLicense(ids[0], "-", Held: 2));
    }

    [Theory]
    [InlineData(null, false, 1)]
    [InlineData(3, false, 3)]
    [InlineData(null, true, 5)]
    public async Task Seats_are_what_was_asked_for(int? seats, bool all, int expected)
    {
        var request = Licenses(1, machines: 5).Request with { Seats = seats, AllSeats = all };
        (await Asked.AddLicensesAsync(request, default)).Value!.Added[0].Seats.ShouldBe(expected);
    }

    [Fact]
    public async Task More_seats_than_the_file_allows_are_refused()
    {
        var problem = (await Asked.AddLicensesAsync(Licenses(1, machines: 5).Request with { Seats = 6 }, default)).Problem!;
        (problem.Code, problem.Added!.Count).ShouldBe((ProblemCodes.SeatsNotAllowed, 0));
    }

    [Fact]
    public async Task A_removed_license_is_gone()
    {
        var (ids, request) = Licenses(1);
        await Asked.AddLicensesAsync(request, default);
        (await Asked.RemoveLicenseAsync(ids[0], default)).Value.ShouldBe(new RemovedLicense(ids[0], "-"));
        (await Asked.RemoveLicenseAsync(ids[0], default)).Problem!.Detail.ShouldBe($"license {ids[0]} not found");
    }

    [Fact]
    public async Task An_exception_is_replaced_as_a_whole()
    {
        var set = (await Asked.SetExceptionAsync("-", new PolicyParts(90_000, "rand", null), default)).Value!;
        set.Policy.ShouldBe(new PolicyParts(90_000, "rand", true));
        set.Exception.ShouldBe(new PolicyParts(90_000, "rand", null));
        (await Asked.SetExceptionAsync("-", PolicyParts.None, default)).Value!.Exception.ShouldBe(PolicyParts.None);
        (await Asked.ShowPolicyAsync(default)).Value.ShouldBe(new PolicyParts(60_000, "fifo", true));
    }

    [Fact]
    public async Task What_makes_no_sense_is_an_invalid_request()
    {
        var (_, request) = Licenses(1);
        AddLicensesRequest[] requests =
        [
            new(null, null, null),
            request with { Licenses = [] },
            request with { Licenses = [null] },
            request with { Licenses = [new LicenseUpload(default, null)] },
            request with { PublicKey = null },
            request with { Pool = "a\nb" },
            request with { Pool = new string('x', 129) },
            request with { Pool = string.Empty },
            request with { Seats = 0 },
            request with { Seats = 1, AllSeats = true },
            request with { Licenses = [.. Enumerable.Repeat(request.Licenses![0], AddLicensesRequest.MaxLicenses + 1)] },
        ];
        foreach (var wrong in requests)
        {
            (await Asked.AddLicensesAsync(wrong, default)).Problem!.Code.ShouldBe(ProblemCodes.InvalidRequest);
        }

        PolicyParts[] parts = [new(29_999, null, null), new(-1, null, null), new(long.MaxValue, null, null), new(null, "best", null)];
        foreach (var wrong in parts)
        {
            (await Asked.SetExceptionAsync("-", wrong, default)).Problem!.Code.ShouldBe(ProblemCodes.InvalidRequest);
        }

        foreach (var next in new[] { "x", "1", ":", "-2:a", "99999999999:a" })
        {
            (await Asked.ListLicensesAsync(null, next, 10, default)).Problem!.Code.ShouldBe(ProblemCodes.InvalidRequest);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("/../%2F?&#")]
    [InlineData("größer")]
    [InlineData("+ +")]
    public async Task Odd_names_are_not_found(string name)
    {
        (await Asked.FindPoolAsync(name, default)).Problem!.Code.ShouldBe(ProblemCodes.PoolNotFound);
        (await Asked.FindLicenseAsync(name, default)).Problem!.Code.ShouldBe(ProblemCodes.LicenseNotFound);
        (await Asked.RemoveLicenseAsync(name, default)).Problem!.Code.ShouldBe(ProblemCodes.LicenseNotFound);
        (await Asked.SetExceptionAsync(name, PolicyParts.None, default)).Problem!.Code.ShouldBe(ProblemCodes.PoolNotFound);
        (await Asked.ListLicensesAsync(name, null, 10, default)).Problem!.Code.ShouldBe(ProblemCodes.PoolNotFound);
    }

    [Fact]
    public async Task An_odd_name_of_a_pool_is_kept_exactly()
    {
        const string Odd = "a/b c%2F&größer=+";
        (await Asked.AddLicensesAsync(Licenses(1).Request with { Pool = Odd }, default)).IsGood.ShouldBeTrue();
        (await Asked.FindPoolAsync(Odd, default)).Value!.Name.ShouldBe(Odd);
        (await Asked.ListLicensesAsync(Odd, null, 10, default)).Value!.Licenses[0].Pool.ShouldBe(Odd);
    }

    [Fact]
    public async Task Holders_are_listed_page_by_page_over_all_pools()
    {
        var (ids, expected) = (new Dictionary<string, string>(), new List<string>());
        foreach (var pool in new[] { "a", "b", "c" })
        {
            var (added, request) = Licenses(1, machines: 3);
            ids[pool] = added[0];
            (await Asked.AddLicensesAsync(request with { Pool = pool, AllSeats = true }, default)).IsGood.ShouldBeTrue();
            foreach (var node in new[] { "n1", "n2", "n3" })
            {
                await ClaimAsync(pool, node);
            }

            expected.AddRange([$"{pool}/n3", $"{pool}/n2", $"{pool}/n1"]);
        }

        foreach (var limit in new[] { 1, 2, 3, 4, 9, 1000 })
        {
            var seen = new List<HolderEntry>();
            string? next = null;
            do
            {
                var page = (await Asked.Holders.ListAsync(null, next, limit, default)).Value!;
                page.Holders.Count.ShouldBeLessThanOrEqualTo(limit);
                seen.AddRange(page.Holders);
                next = page.Next;
            }
            while (next is not null);
            seen.Select(one => $"{one.Pool}/{one.Fingerprint}").ShouldBe(expected);
            seen.ShouldAllBe(one => one.License == ids[one.Pool] && one.ExpiresAt > one.Since && one.LastHeartbeat >= one.Since.AddSeconds(-1));
        }

        (await Asked.Holders.ListAsync("b", null, 1000, default)).Value!.Holders.Select(one => one.Number).ShouldBe([3, 2, 1]);
        (await Asked.Holders.FindAsync("n2", null, default)).Value!.Holders.Select(one => one.Pool).ShouldBe(["a", "b", "c"]);
        (await Asked.Holders.FindAsync("n2", "c", default)).Value!.Holders.Single().User.ShouldBe("ann");
        var holder = (await Asked.FindLicenseAsync(ids["a"], default)).Value!.Holders[0];
        (holder.Fingerprint, holder.Pool, holder.License).ShouldBe(("n3", "a", ids["a"]));
        holder.ExpiresAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_seat_taken_away_is_free()
    {
        await Asked.AddLicensesAsync(Licenses(1).Request, default);
        await ClaimAsync("-", "n");
        (await Asked.Holders.ReleaseAsync("-", "n", new TakeSeatRequest("why", 5_000), default)).Value.ShouldBe(new TakenSeat("n", "-", 5_000));
        (await Asked.Holders.ListAsync(null, null, 10, default)).Value!.Holders.ShouldBeEmpty();
        (await Asked.Holders.ReleaseAsync("-", "n", new TakeSeatRequest("why"), default)).Problem!.Code.ShouldBe(ProblemCodes.HolderNotFound);
    }

    [Fact]
    public async Task Requests_about_holders_that_make_no_sense_are_refused()
    {
        await Asked.AddLicensesAsync(Licenses(1).Request, default);
        await ClaimAsync("-", "n");
        TakeSeatRequest[] requests = [new(null), new(""), new("a\nb"), new(new string('x', 257)), new("r", -1), new("r", TakeSeat.MaxCoolDownMs + 1)];
        foreach (var wrong in requests)
        {
            (await Asked.Holders.ReleaseAsync("-", "n", wrong, default)).Problem!.Code.ShouldBe(ProblemCodes.InvalidRequest);
        }

        foreach (var next in new[] { "x", "%", "Cg", "YQox", "YQotMQox", "YQoxCi0x" })
        {
            (await Asked.Holders.ListAsync(null, next, 10, default)).Problem!.Code.ShouldBe(ProblemCodes.InvalidRequest, next);
            (await Asked.Denials.ListAsync(null, next, 10, default)).Problem!.Code.ShouldBe(ProblemCodes.InvalidRequest, next);
        }

        (await Asked.Holders.ReleaseAsync("none", "n", new TakeSeatRequest("r"), default)).Problem!.Code.ShouldBe(ProblemCodes.PoolNotFound);
        (await Asked.Holders.FindAsync("n", "none", default)).Problem!.Code.ShouldBe(ProblemCodes.PoolNotFound);
        (await Asked.Holders.ListAsync("none", null, 10, default)).Problem!.ShouldSatisfyAllConditions(
            problem => problem.Code.ShouldBe(ProblemCodes.PoolNotFound), problem => problem.Pool.ShouldBe("none"));
        (await Asked.Holders.FindAsync("\0", null, default)).Problem!.Code.ShouldBe(ProblemCodes.HolderNotFound);
        (await Asked.Denials.ListAsync("none", null, 10, default)).Problem!.Code.ShouldBe(ProblemCodes.PoolNotFound);
        (await Asked.Denials.SumAsync("none", default)).Problem!.Code.ShouldBe(ProblemCodes.PoolNotFound);
        (await Asked.Holders.FindAsync("n", null, default)).IsGood.ShouldBeTrue();
    }

    [Fact]
    public async Task Denials_are_listed_page_by_page_and_added_up()
    {
        await _host.CreatePoolAsync(new PoolName("b"));
        DenialCount[] counts =
        [
            new(PoolName.Global, "all-held", new("x"), 5, 1_000, 9_000),
            new(PoolName.Global, "all-held", new("y"), 1, 2_000, 8_000),
            new(PoolName.Global, "expired", new("y"), 2, 2_000, 8_000),
            new(PoolName.Global, "expired", new("z"), 7, 500, 600),
            new(new PoolName("b"), "all-held", new("x"), 1, 100, 200),
        ];
        await _journal.RecordDenialsAsync(counts);
        foreach (var limit in new[] { 1, 2, 3, 4, 5, 100 })
        {
            var seen = new List<DenialEntry>();
            string? next = null;
            do
            {
                var page = (await Asked.Denials.ListAsync(null, next, limit, default)).Value!;
                seen.AddRange(page.Denials);
                next = page.Next;
            }
            while (next is not null);
            seen.Select(denial => (denial.Pool, denial.Reason, denial.Fingerprint, denial.Count))
                .ShouldBe(counts.Select(count => (count.Pool.Value, count.Reason, count.Node.Value, count.Count)));
        }

        var totals = (await Asked.Denials.SumAsync(null, default)).Value!.Totals;
        totals.Select(total => (total.Reason, total.Count, total.Nodes)).ShouldBe([("expired", 9, 2), ("all-held", 7, 3)]);
        totals[1].First.ToUnixTimeMilliseconds().ShouldBe(100);
        (await Asked.Denials.SumAsync("b", default)).Value!.Totals.Single().Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_clusters_policy_changes_part_by_part_and_pools_follow_at_once()
    {
        (await Asked.ChangePolicyAsync(new PolicyParts(120_000, null, null), default)).Value.ShouldBe(new PolicyParts(120_000, "fifo", true));
        (await Asked.ChangePolicyAsync(new PolicyParts(null, "rand", false), default)).Value.ShouldBe(new PolicyParts(120_000, "rand", false));
        (await Asked.ShowPolicyAsync(default)).Value.ShouldBe(new PolicyParts(120_000, "rand", false));
        (await Asked.FindPoolAsync("-", default)).Value!.Policy.ShouldBe(new PolicyParts(120_000, "rand", false));
        (await Asked.ListSettingsAsync(default)).Value!.Settings.Single().Value.ShouldBe("120000");
        PolicyParts[] parts = [PolicyParts.None, new(29_999, null, null), new(long.MaxValue, null, null), new(null, "best", null)];
        foreach (var wrong in parts)
        {
            (await Asked.ChangePolicyAsync(wrong, default)).Problem!.Code.ShouldBe(ProblemCodes.InvalidRequest);
        }
    }

    private async Task ClaimAsync(string pool, string node) =>
        (await _host.SendAsync(new PoolName(pool), new ClaimSeat(new Fingerprint(node), new Who("node", null, "ann", "box")), default))
            .ShouldBeOfType<Granted>();

    private protected (List<string> Ids, AddLicensesRequest Request) Licenses(int count, int machines = 1)
    {
        var issued = Enumerable.Range(0, count).Select(_ => _vendor.Issue(machines)).ToList();
        var uploads = issued.Select(license => new LicenseUpload(license.File, license.Key)).ToList();
        return ([.. issued.Select(license => license.Id)], new AddLicensesRequest(uploads, _vendor.PublicKey, null));
    }
}
