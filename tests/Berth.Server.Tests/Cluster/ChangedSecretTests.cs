using System.Text;
using Berth.Runtime.Ownership;
using Berth.Server.Cluster;
using Berth.Testing.Cluster;
using Berth.Testing.Processes;

namespace Berth.Server.Tests.Cluster;

/// <summary>A secret that changes while members serve.</summary>
public sealed class ChangedSecretTests : IDisposable
{
    private const string Old = "the old secret of this test";
    private const string New = "the new secret of this test";
    private const string Other = "another secret of this test";

    private readonly TestFolder _folder = new();

    private string File => _folder.File("secret");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Old, Old + "\n" + New)]
    [InlineData(Old + "\n" + New, Old)]
    [InlineData(Old + "\n" + New, New + "\n" + Old)]
    [InlineData(New + "\n" + Old, Old + "\n" + New)]
    [InlineData(New, New + "\n" + Old)]
    [InlineData(New + "\n" + Old, New)]
    public async Task Members_that_are_one_step_apart_understand_each_other(string receiver, string sender)
    {
        await using var rig = await PortRig.StartAsync(With(receiver));
        var wire = rig.Wire(With(sender));
        (await rig.SayAsync(wire, "one")).ShouldBe("one");
        (await rig.SayAsync(wire, "two")).ShouldBe("two");
        rig.Log.Count("cluster.strangers").ShouldBe(0);
    }

    [Theory]
    [InlineData(Old, New + "\n" + Old)]
    [InlineData(New, Old)]
    [InlineData(New, Old + "\n" + New)]
    public async Task Members_that_are_two_steps_apart_do_not(string receiver, string sender)
    {
        await using var rig = await PortRig.StartAsync(With(receiver));
        (await rig.ErrorAsync(rig.Wire(With(sender)))).ShouldBe(HttpRequestError.InvalidResponse);
        rig.Handled.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_store_follows_the_first_line_and_the_old_secret_is_refused_in_the_end()
    {
        Write(Old);
        await using var rig = await ClusterRig.StartAsync(1, InFile);
        var old = Digest(rig);
        await ChangedAsync(rig, $"{Old}\n{New}", 1);
        Digest(rig).ShouldBe(old);
        rig[0].Table.LoseAnswer(TableCall.Adopt);
        await ChangedAsync(rig, $"{New}\n{Old}", 2);
        rig[0].Log.Count("cluster.secret: it could not be recorded").ShouldBe(1);
        Digest(rig).ShouldBe(PortRig.Secrets(With(New)).First.Digest);
        await rig.AddAsync("m1", options => options with { Cluster = With(Old + "\n" + New) with { Member = "m1" } });
        await ChangedAsync(rig, New, 3);
        await rig.UntilAsync(() => rig[1].Log.Count("cluster.secret: the cluster has left the first secret") == 1);
        Digest(rig).ShouldNotBe(old);
        (await Should.ThrowAsync<JoinRefusedException>(() => rig.AddAsync("m2", options => options with { Cluster = With(Old) with { Member = "m2" } })))
            .Refusal.ShouldBe(JoinRefusal.OtherSecret);
        await rig.AddAsync("m3", options => options with { Cluster = With(New) with { Member = "m3" } });
    }

    [Fact]
    public async Task A_member_that_was_taken_for_dead_joins_again_with_the_secrets_of_now()
    {
        Write(Old);
        await using var rig = await ClusterRig.StartAsync(1, InFile);
        await ChangedAsync(rig, $"{Old}\n{New}", 1);
        await ChangedAsync(rig, $"{New}\n{Old}", 2);
        var before = rig.Read().Members.Single().Incarnation;
        await rig.Table.DownAsync(before, CancellationToken.None);
        await rig.UntilAsync(() => rig.Read().Members is [_, { State: MemberState.Up }]);
    }

    [Theory]
    [InlineData(Old + "\n" + New + "\n" + Other, "has 3 lines")]
    [InlineData(Old + "\nshort", "line 2 of the cluster's secret has 5 bytes")]
    [InlineData(New + "\n" + Other, "neither secret was there before")]
    [InlineData("", "has 0 bytes")]
    public async Task A_file_that_makes_no_sense_changes_nothing(string text, string said)
    {
        Write(Old);
        await using var rig = await ClusterRig.StartAsync(1, InFile);
        var digest = Digest(rig);
        Write(text);
        await rig.UntilAsync(() => rig[0].Log.Count("file.kept") == 1);
        var kept = rig[0].Log.Lines.Single(line => line.Message.Contains("file.kept")).Message;
        kept.ShouldContain($"{File}: ");
        kept.ShouldContain(said);
        Digest(rig).ShouldBe(digest);
        await rig.AddAsync("m1", options => options with { Cluster = With(Old) });
    }

    private static ClusterOptions With(string secret) => ClusterRig.Options("m1").Cluster! with { Secret = Encoding.UTF8.GetBytes(secret) };

    private static string Digest(ClusterRig rig) => rig.Read().Members.Select(row => row.Card.SecretDigest).Distinct().Single();

    private MemberOptions InFile(MemberOptions options) => options with { Cluster = options.Cluster! with { SecretFile = File } };

    private async Task ChangedAsync(ClusterRig rig, string text, int nth)
    {
        Write(text);
        await rig.UntilAsync(() => rig[0].Log.Count("cluster.secret: the first secret of this member's file is") == nth);
    }

    /// <summary>As an operator does it: no moment without a whole file.</summary>
    private void Write(string text)
    {
        System.IO.File.WriteAllText(File + ".new", text);
        System.IO.File.Move(File + ".new", File, overwrite: true);
    }
}
