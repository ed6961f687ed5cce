using Berth.Pools;
using Berth.Protocol;
using Berth.Server.Management;

namespace Berth.Server.Tests.Management;

/// <summary>An operator asks one member about pools that belong to another one.</summary>
public sealed class ClusterAdministrationTests
{
    [Fact]
    public async Task Licenses_go_to_the_pools_owner_and_come_back()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var pool = rig.Cluster.NameOwnedBy(1);
        var request = rig.Licenses(pool, 2);
        var added = (await rig.GoodAsync(0, one => one.AddLicensesAsync(request, default))).Added;
        added.Count.ShouldBe(2);
        (await rig.GoodAsync(0, one => one.FindLicenseAsync(added[0].Id, default))).Pool.ShouldBe(pool);
        (await rig.GoodAsync(0, one => one.ListLicensesAsync(pool, null, 10, default))).Licenses.Select(license => license.Id)
            .ShouldBe(added.Select(license => license.Id));
        (await rig.RefusedAsync(0, one => one.AddLicensesAsync(request, default))).Code.ShouldBe(ProblemCodes.LicenseExists);
        await rig.GoodAsync(0, one => one.RemoveLicenseAsync(added[0].Id, default));
        (await rig.GoodAsync(1, one => one.FindPoolAsync(pool, default))).Licenses.ShouldBe(1);
    }

    [Fact]
    public async Task Seats_are_shown_and_taken_away_through_another_member()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var pool = rig.Cluster.NameOwnedBy(1);
        await rig.GoodAsync(0, one => one.AddLicensesAsync(rig.Licenses(pool, 1), default));
        (await rig.Cluster.ClaimAsync(pool, "n1", at: 1)).ShouldBeOfType<Granted>();
        (await rig.GoodAsync(0, one => one.Holders.ListAsync(pool, null, 10, default))).Holders.Single().Fingerprint.ShouldBe("n1");
        (await rig.GoodAsync(0, one => one.Holders.FindAsync("n1", null, default))).Holders.Single().Pool.ShouldBe(pool);
        await rig.GoodAsync(0, one => one.Holders.ReleaseAsync(pool, "n1", new TakeSeatRequest("left", 0), default));
        (await rig.Cluster.HoldsAsync(pool, "n1", at: 1)).ShouldBeFalse();
        (await rig.RefusedAsync(0, one => one.Holders.FindAsync("n1", null, default))).Code.ShouldBe(ProblemCodes.HolderNotFound);
        var events = await rig.GoodAsync(0, one => one.Audit.ListAsync(new AuditQuery { Pool = pool }, null, 10, default));
        events.Events.Count.ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task A_pool_that_another_member_has_just_made_is_found_by_its_name()
    {
        await using var rig = await ClusterRig.StartAsync(3);
        var pool = rig.Cluster.NameOwnedBy(1);
        await rig.Cluster.PoolAsync(pool, seats: 1, at: 2);
        rig.Cluster[0].Member.Pools.Has(new(pool)).ShouldBeFalse();
        (await rig.GoodAsync(0, one => one.ListLicensesAsync(pool, null, 10, default))).Licenses.Count.ShouldBe(1);
        (await rig.GoodAsync(0, one => one.Holders.ListAsync(pool, null, 10, default))).Holders.ShouldBeEmpty();
        (await rig.GoodAsync(0, one => one.Denials.SumAsync(pool, default))).Totals.ShouldBeEmpty();
        (await rig.GoodAsync(0, one => one.FindPoolAsync(pool, default))).Seats.ShouldBe(1);
        (await rig.RefusedAsync(0, one => one.ListLicensesAsync("none", null, 10, default))).Code.ShouldBe(ProblemCodes.PoolNotFound);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task Pages_run_over_the_pools_of_all_members(int limit)
    {
        await using var rig = await ClusterRig.StartAsync(2);
        List<string> pools = [.. rig.NamesOwnedBy(0, 6), .. rig.NamesOwnedBy(1, 6)];
        pools.Sort(StringComparer.Ordinal);
        var licenses = new List<string>();
        for (var i = 0; i < pools.Count; i++)
        {
            await rig.CreateAsync(0, pools[i]);
            if (i % 3 > 0)
            {
                var added = await rig.GoodAsync(0, one => one.AddLicensesAsync(rig.Licenses(pools[i], i % 3), default));
                licenses.AddRange(added.Added.Select(license => license.Id));
                foreach (var node in Enumerable.Range(0, i % 3))
                {
                    (await rig.Cluster.ClaimAsync(pools[i], $"n{node}")).ShouldBeOfType<Granted>();
                }
            }
        }

        (await AllAsync(rig, limit, async (one, next) =>
        {
            var page = (await one.ListLicensesAsync(null, next, limit, default)).Value!;
            return (page.Licenses.Select(license => license.Id), page.Next);
        })).ShouldBe(licenses);
        (await AllAsync(rig, limit, async (one, next) =>
        {
            var page = (await one.Holders.ListAsync(null, next, limit, default)).Value!;
            return (page.Holders.Select(holder => holder.Pool), page.Next);
        })).ShouldBe(pools.SelectMany((pool, i) => Enumerable.Repeat(pool, i % 3)));
        (await AllAsync(rig, limit, async (one, next) =>
        {
            var page = (await one.ListPoolsAsync(next, limit, default)).Value!;
            return (page.Pools.Select(pool => pool.Name), page.Next);
        })).ShouldBe(["-", .. pools]);
    }

    [Fact]
    public async Task Many_pools_are_asked_at_once_and_answer_in_their_order()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var names = rig.NamesOwnedBy(1, 100);
        foreach (var name in names)
        {
            await rig.CreateAsync(0, name);
        }

        var member = rig.Cluster[0].Member;
        var before = rig.Cluster[0].Wire.Sent;
        var (seen, ahead) = (new List<string>(), new List<int>());
        await rig.Cluster.WaitAsync(rig.Cluster.Begin(async ValueTask<int> () =>
        {
            var pools = new ManagedPools(member.Pools, member.Router);
            await foreach (var (pool, reply) in pools.AskEachAsync(names.Select(name => new PoolName(name)), _ => new AskSummary(), default))
            {
                reply.ShouldBeOfType<PoolSummary>().Name.ShouldBe(pool);
                seen.Add(pool.Value);
                ahead.Add(rig.Cluster[0].Wire.Sent - before - seen.Count);
            }

            return 0;
        }));
        seen.ShouldBe(names);
        ahead[0].ShouldBe(0);
        ahead.Max().ShouldBe(31);
    }

    [Fact]
    public async Task A_member_that_does_not_answer_ends_a_listing_in_its_time()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        foreach (var name in rig.NamesOwnedBy(1, 5))
        {
            await rig.GoodAsync(0, one => one.AddLicensesAsync(rig.Licenses(name, 1), default));
        }

        rig.Cluster[1].Cut();
        var began = rig.Cluster.Clock.GetTimestamp();
        var problem = (await rig.AskAsync(0, one => one.ListLicensesAsync(null, null, 1000, default))).Problem;
        rig.Cluster.Clock.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        (problem?.Status ?? 503).ShouldBe(503);
    }

    [Fact]
    public async Task The_policy_is_changed_through_any_member()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var pool = rig.Cluster.NameOwnedBy(1);
        await rig.Cluster.PoolAsync(pool, seats: 1);
        (await rig.GoodAsync(0, one => one.ChangePolicyAsync(new PolicyParts(90_000, null, null), default))).TtlMs.ShouldBe(90_000);
        (await rig.GoodAsync(1, one => one.ChangePolicyAsync(new PolicyParts(null, "lifo", null), default))).ShouldBe(new PolicyParts(90_000, "lifo", true));
        (await rig.GoodAsync(0, one => one.SetExceptionAsync(pool, new PolicyParts(45_000, null, null), default))).Policy.TtlMs.ShouldBe(45_000);
        (await rig.GoodAsync(1, one => one.FindPoolAsync(pool, default))).Exception.TtlMs.ShouldBe(45_000);
        await rig.Cluster.PassAsync(TimeSpan.FromSeconds(6));
        (await rig.GoodAsync(0, one => one.ShowPolicyAsync(default))).Strategy.ShouldBe("lifo");
    }

    [Fact]
    public async Task Large_files_go_to_another_member_in_several_batches()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var pool = rig.Cluster.NameOwnedBy(1);
        var files = Enumerable.Range(0, 20).Select(i => new LicenseImport($"lic-{i}", Large(i), $"key-{i}", 1_000, 0, 0, 0)).ToList();
        var done = await rig.GoodAsync(0, one => one.Import.ImportAsync(new ImportPage(pool, [.. files]), default));
        (done.Licenses, done.Remarks.All(remark => remark.Kind == ImportRemark.Warning)).ShouldBe((20, true));
        (await rig.GoodAsync(1, one => one.FindPoolAsync(pool, default))).Licenses.ShouldBe(20);
    }

    private static byte[] Large(int number)
    {
        var file = new byte[1 << 20];
        BitConverter.TryWriteBytes(file, number + 1);
        return file;
    }

    private static async Task<List<string>> AllAsync(
        ClusterRig rig, int limit, Func<Administration, string?, ValueTask<(IEnumerable<string> Entries, string? Next)>> ask)
    {
        var all = new List<string>();
        string? next = null;
        do
        {
            var place = next;
            (var entries, next) = await rig.Cluster.WaitAsync(rig.Cluster.Begin(() => ask(rig.At(0), place)));
            var page = entries.ToList();
            page.Count.ShouldBeLessThanOrEqualTo(limit);
            all.AddRange(page);
        }
        while (next is not null);
        return all;
    }
}
