using System.Net;
using System.Net.Sockets;
using Berth.Runtime.Ownership;
using Berth.Server.Cluster;
using Berth.Testing;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Tests.Cluster;

/// <summary>What a member that is to join others says before it does.</summary>
public sealed class ClusterStartTests
{
    [Fact]
    public async Task Another_secret_does_not_join_and_the_start_says_so()
    {
        await using var rig = await ClusterRig.StartAsync(1);
        var refused = await Should.ThrowAsync<JoinRefusedException>(() => rig.AddAsync("m1", options => options with
        {
            Cluster = options.Cluster! with { Secret = "another secret of a test"u8.ToArray() },
        }));
        refused.Refusal.ShouldBe(JoinRefusal.OtherSecret);
        refused.Message.ShouldContain("secret");
        rig.Read().Members.ShouldHaveSingleItem().Card.SecretDigest.Length.ShouldBe(64);
    }

    [Fact]
    public async Task The_secret_is_nowhere_in_the_store()
    {
        await using var rig = await ClusterRig.StartAsync(1);
        var card = rig.Read().Members.Single().Card;
        card.SecretDigest.ShouldNotBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(ClusterRig.Secret)));
        card.ToString().ShouldNotContain("a secret");
    }

    [Fact]
    public async Task A_short_secret_is_refused() =>
        await ShouldRefuseAsync(options => options with { Cluster = options.Cluster! with { Secret = "short"u8.ToArray() } }, "16");

    [Fact]
    public async Task An_address_that_is_none_is_refused() =>
        await ShouldRefuseAsync(options => options with { Cluster = options.Cluster! with { Advertise = "somewhere" } }, "HOST:PORT");

    [Fact]
    public async Task A_name_that_this_machine_does_not_know_is_told_and_the_member_starts()
    {
        var asked = new List<string>();
        MemberOptions Named(MemberOptions options, string name) => options with
        {
            Cluster = options.Cluster! with
            {
                Advertise = $"{name}:0",
                Resolve = (host, _) =>
                {
                    asked.Add(host);
                    return host == "berth-1" ? Task.FromResult<IPAddress[]>([IPAddress.Loopback]) : throw new SocketException((int)SocketError.HostNotFound);
                },
            },
        };
        await using var rig = new ClusterRig();
        var unknown = await rig.AddAsync("m0", options => Named(options, "berth-0"));
        var known = await rig.AddAsync("m1", options => Named(options, "berth-1"));
        await rig.AddAsync("m2", options => Named(options, "127.0.0.1"));
        asked.ShouldBe(["berth-0", "berth-1"], "an address is not asked for");
        unknown.Log.Lines.Where(line => line.Message.StartsWith("cluster.unresolved: ", StringComparison.Ordinal)).ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(line => line.Level.ShouldBe(LogLevel.Warning), line => line.Message.ShouldContain("--advertise berth-0:0: "));
        known.Log.Count("cluster.unresolved").ShouldBe(0);
    }

    [Fact]
    public async Task A_resolver_that_does_not_answer_is_not_waited_for()
    {
        var never = new TaskCompletionSource<IPAddress[]>();
        using var stop = new CancellationTokenSource();
        var time = new FakeClock();
        var looking = AdvertisedName.FlawAsync("berth-1:6350", (_, _) => never.Task, time, stop.Token);
        looking.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromMinutes(1));
        (await looking).ShouldNotBeNull();
        var ended = AdvertisedName.WarnAsync(
            ClusterRig.Options("m0").Cluster! with { Advertise = "berth-1:6350", Resolve = (_, _) => never.Task }, time, new RecordedLog(), stop.Token);
        await stop.CancelAsync();
        await ended;
    }

    [Fact]
    public async Task Exclusive_nodes_are_refused_in_a_cluster() =>
        await ShouldRefuseAsync(options => options with { ExclusiveNodes = true }, "exclusive");

    [Fact]
    public async Task A_shared_store_without_a_cluster_is_refused() =>
        await ShouldRefuseAsync(options => options with { Cluster = null }, "--cluster-name");

    [Fact]
    public async Task A_lone_store_in_a_cluster_is_refused()
    {
        using var folder = new Testing.Processes.TestFolder();
        var options = ClusterRig.Options("m0") with { Store = "sqlite:" + folder.File("berth.sqlite") };
        var refused = await Should.ThrowAsync<InvalidOperationException>(
            () => Member.StartAsync(options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance));
        refused.Message.ShouldContain("one member only");
        File.Exists(folder.File("berth.sqlite")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_member_without_a_lease_lives_and_is_not_ready_and_comes_back()
    {
        await using var rig = await ClusterRig.StartAsync(1);
        (await rig.GetAsync(rig[0], "/readyz")).Status.ShouldBe(200);
        rig[0].Table.IsCut = true;
        await rig.UntilAsync(() => !rig[0].Member.InCluster!.IsReady);
        (await rig.GetAsync(rig[0], "/livez")).Status.ShouldBe(200);
        var ready = await rig.GetAsync(rig[0], "/readyz?verbose");
        ready.Status.ShouldBe(503);
        ready.Text.ShouldContain("[-] a member of the cluster");
        rig[0].Table.IsCut = false;
        await rig.UntilAsync(() => rig[0].Member.InCluster!.IsReady);
        (await rig.GetAsync(rig[0], "/readyz")).Status.ShouldBe(200);
    }

    private static async Task ShouldRefuseAsync(Func<MemberOptions, MemberOptions> change, string because)
    {
        await using var rig = new ClusterRig();
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => rig.AddAsync("m0", change));
        refused.Message.ShouldContain(because);
        rig.Read().Members.ShouldBeEmpty();
    }
}
