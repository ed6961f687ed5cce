using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;

namespace Berth.Server.Tests.Cluster;

/// <summary>Three members, and what nodes see of them.</summary>
public sealed class ThreeMembersTests
{
    [Fact]
    public async Task Every_member_answers_for_every_pool()
    {
        await using var rig = await ClusterRig.StartAsync(3);
        foreach (var owner in rig.Members)
        {
            var pool = rig.NameOwnedBy(owner);
            await rig[0].AddSeatsAsync(pool, 3);
            foreach (var edge in rig.Members)
            {
                var claimed = await rig.PutAsync(edge, pool, $"node-{edge.Name}");
                claimed.Status.ShouldBe(201, claimed.Text);
                claimed.Text.ShouldStartWith("{\"license_file\":\"");
            }

            foreach (var edge in rig.Members)
            {
                (await rig.PutAsync(edge, pool, $"node-{rig[0].Name}")).Status.ShouldBe(202);
                (await rig.PutAsync(edge, pool, "late")).Status.ShouldBe(410);
            }

            (await rig.DeleteAsync(rig.NotOwnerOf(pool), pool, "node-m0")).Status.ShouldBe(204);
            (await rig.DeleteAsync(owner, pool, "node-m0")).Status.ShouldBe(404);
        }
    }

    [Fact]
    public async Task A_native_answer_names_the_owner_and_its_epoch_and_counts_on_the_owners_clock()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var pool = rig.NameOwnedBy(rig[1]);
        await rig[0].AddSeatsAsync(pool, 1);
        var epoch = rig.Read().Shards[Shards.Of(new(pool))].Epoch.Value.ToString();
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Get, HttpMethod.Delete, HttpMethod.Get })
        {
            using var answer = await rig.AskAsync(method, rig[0], $"/v2/pools/{pool}/claims/a");
            answer.Headers.GetValues("Berth-Member").ShouldBe(["m1"]);
            answer.Headers.GetValues("Berth-Epoch").ShouldBe([epoch]);
        }

        using var none = await rig.AskAsync(HttpMethod.Get, rig[0], "/v2/nothing");
        none.Headers.GetValues("Berth-Member").ShouldBe(["m0"]);
        none.Headers.GetValues("Berth-Epoch").ShouldBe(["0"]);
    }

    [Fact]
    public async Task A_pool_that_another_member_has_just_made_is_known_everywhere()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        await rig[1].AddSeatsAsync("red", 1);
        await rig[1].AddSeatsAsync("blue", 1);
        (await rig.PutAsync(rig[0], "red,blue", "a")).Status.ShouldBe(201);
        (await rig.PutAsync(rig[0], "red,green", "a")).Status.ShouldBe(400);
        await rig[1].AddSeatsAsync("green", 1);
        (await rig.DeleteAsync(rig[0], "green,red", "a")).Status.ShouldBe(204);
        await rig[1].AddSeatsAsync("solo", 1);
        (await rig.PutAsync(rig[0], "solo", "a")).Status.ShouldBe(201);
        (await rig.DeleteAsync(rig[0], "nobody", "a")).Status.ShouldBe(400);
    }

    /// <summary>The old file lies ready at the other edges; the owner never told them anything.</summary>
    [Fact]
    public async Task A_renewed_license_goes_out_with_its_new_file_at_every_edge()
    {
        await using var rig = await ClusterRig.StartAsync(3);
        var pool = rig.NameOwnedBy(rig[2]);
        await rig[0].AddSeatsAsync(pool, 1);
        for (var round = 1; round <= 20; round++)
        {
            var by = rig.Members[round % 3];
            var file = System.Text.Encoding.UTF8.GetBytes($"file {round}");
            await by.ChangeAsync(
                pool,
                new ChangeLicense(new LicenseGrant(new($"{pool}-1"), 1, null), Who.Nobody),
                [new LicenseRow(new($"{pool}-1"), new(pool), file, $"key {round}")]);
            var answers = await Task.WhenAll(rig.Members.Select(edge => rig.PutAsync(edge, pool, "a", ("Prefer", "return=representation"))));
            foreach (var (status, text) in answers)
            {
                status.ShouldBeOneOf(201, 202);
                text.ShouldContain(Convert.ToBase64String(file));
            }
        }
    }

    [Fact]
    public async Task A_file_is_read_once_for_each_edge_and_not_for_each_claim()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var pool = rig.NameOwnedBy(rig[1]);
        await rig[0].AddSeatsAsync(pool, 1);
        for (var i = 0; i < 5; i++)
        {
            (await rig.PutAsync(rig[0], pool, "a")).Status.ShouldBe(201);
            (await rig.DeleteAsync(rig[0], pool, "a")).Status.ShouldBe(204);
        }

        rig[0].Journal.LicenseReads.ShouldBe(1);
    }

    [Fact]
    public async Task When_the_owner_is_killed_its_pools_go_on_elsewhere()
    {
        await using var rig = await ClusterRig.StartAsync(3);
        var pool = rig.NameOwnedBy(rig[2]);
        await rig[0].AddSeatsAsync(pool, 2);
        (await rig.PutAsync(rig[0], pool, "a")).Status.ShouldBe(201);
        await rig.KillAsync(rig[2]);
        var status = 0;
        for (var tries = 0; status != 201 && tries < 20; tries++)
        {
            (status, _) = await rig.PutAsync(rig[0], pool, "b");
            status.ShouldBeOneOf(201, 202, 503);
            status = status == 202 ? 201 : status;
        }

        status.ShouldBe(201);
        (await rig.PutAsync(rig[1], pool, "a")).Status.ShouldBe(202);
        (await rig.PutAsync(rig[1], pool, "c")).Status.ShouldBe(410);
        rig[0].Log.Count("m2").ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Of_a_thousand_nodes_that_race_over_three_edges_twenty_get_the_twenty_seats()
    {
        await using var rig = await ClusterRig.StartAsync(3);
        var pool = rig.NameOwnedBy(rig[1]);
        await rig[0].AddSeatsAsync(pool, 20);
        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => rig.PutAsync(rig[i % 3], pool, $"node-{i}")));
        answers.Count(answer => answer.Status == 201).ShouldBe(20);
        answers.Count(answer => answer.Status == 410).ShouldBe(980);
        answers.Where(answer => answer.Status == 201).Select(answer => answer.Text[..60]).Distinct().Count().ShouldBe(20);
    }
}
