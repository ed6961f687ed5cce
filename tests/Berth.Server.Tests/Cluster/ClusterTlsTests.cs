using Berth.Testing;
using Berth.Testing.Processes;
using Berth.Testing.Tls;

namespace Berth.Server.Tests.Cluster;

/// <summary>TLS between members: both show a certificate of the cluster's authority, or nothing comes about.</summary>
public sealed class ClusterTlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _other = new();
    private readonly TestFolder _folder = new();

    public ClusterTlsTests()
    {
        _authority.IssueTo(PathOf("m.pem"), PathOf("m.key"), "a member");
        _other.IssueTo(PathOf("x.pem"), PathOf("x.key"), "a stranger");
        File.WriteAllText(PathOf("ca.pem"), _authority.Pem);
        File.WriteAllText(PathOf("other-ca.pem"), _other.Pem);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Members_of_one_authority_reach_each_other_and_nodes_see_nothing_of_it()
    {
        await using var rig = await ClusterRig.StartAsync(2, options => options with { Cluster = Tls(options.Cluster!) });
        var pool = rig.NameOwnedBy(rig[1]);
        await rig[0].AddSeatsAsync(pool, 1);
        (await rig.PutAsync(rig[0], pool, "a")).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Who_shows_another_authoritys_certificate_or_none_is_not_answered()
    {
        await using var rig = await PortRig.StartAsync(Tls(Options));
        (await rig.SayAsync(rig.Wire(Tls(Options)), "x", "https")).ShouldBe("x");

        // The receiver judges its sender after the handshake seems done: it may have been sent, and is not answered.
        await Should.ThrowAsync<HttpRequestException>(() => rig.SayAsync(
            rig.Wire(Tls(Options) with { TlsCertificate = PathOf("x.pem"), TlsKey = PathOf("x.key") }), "x", "https"));
        await Should.ThrowAsync<HttpRequestException>(() => rig.SayAsync(rig.Wire(), "x"));
        rig.Handled.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_member_does_not_speak_to_a_port_of_another_authority()
    {
        await using var rig = await PortRig.StartAsync(Tls(Options) with { TlsCertificate = PathOf("x.pem"), TlsKey = PathOf("x.key") });
        (await rig.ErrorAsync(rig.Wire(Tls(Options)), "https")).ShouldBe(HttpRequestError.SecureConnectionError);
        rig.Handled.ShouldBeEmpty();
    }

    /// <summary>The certificate is for 127.0.0.1 and localhost; the machine's loopback has more addresses than that.</summary>
    [Fact]
    public async Task A_certificate_for_another_name_is_not_accepted()
    {
        await using var rig = await PortRig.StartAsync(Tls(Options) with { Bind = "127.0.0.2" });
        var failure = await Should.ThrowAsync<HttpRequestException>(
            () => PortRig.PostAsync(rig.Wire(Tls(Options)), $"https://127.0.0.2:{rig.Port}/cluster/hop", new StringContent("x")));
        failure.HttpRequestError.ShouldBe(HttpRequestError.SecureConnectionError);
        rig.Handled.ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_of_three_files_are_not_enough() =>
        (await Should.ThrowAsync<InvalidOperationException>(() => PortRig.StartAsync(Tls(Options) with { TlsAuthority = null })))
            .Message.ShouldContain("all three");

    /// <summary>The port has its own files, and follows them within a second; each wire here is made with its files as they are.</summary>
    [Fact]
    public async Task Another_authority_takes_over_in_three_steps_and_the_old_one_ends()
    {
        using var next = new TestAuthority("the next authority");
        _authority.IssueTo(PathOf("r.pem"), PathOf("r.key"), "the receiver");
        File.WriteAllText(PathOf("r-ca.pem"), _authority.Pem);
        var receiver = Tls(Options) with { TlsCertificate = PathOf("r.pem"), TlsKey = PathOf("r.key"), TlsAuthority = PathOf("r-ca.pem") };
        await using var rig = await PortRig.StartAsync(receiver);
        (await rig.SayAsync(rig.Wire(Tls(Options)), "before", "https")).ShouldBe("before");

        foreach (var file in new[] { "ca.pem", "r-ca.pem" })
        {
            File.WriteAllText(PathOf(file), _authority.Pem + "\n" + next.Pem);
        }

        (await rig.SayAsync(rig.Wire(Tls(Options)), "both are trusted", "https")).ShouldBe("both are trusted");
        next.IssueTo(PathOf("n.pem"), PathOf("n.key"), "a member of the next");
        var member = Tls(Options) with { TlsCertificate = PathOf("n.pem"), TlsKey = PathOf("n.key") };
        await UntilAsync(rig, member, isAnswered: true);

        next.IssueTo(PathOf("r.pem"), PathOf("r.key"), "the receiver of the next");
        File.WriteAllText(PathOf("r-ca.pem"), next.Pem);
        await UntilAsync(rig, Tls(Options), isAnswered: false);
        File.WriteAllText(PathOf("ca.pem"), next.Pem);

        // The port reads its files in its own time.
        await UntilAsync(rig, member, isAnswered: true);
        (await IsAnsweredAsync(rig, Tls(Options))).ShouldBeFalse();
    }

    private static async Task UntilAsync(PortRig rig, ClusterOptions sender, bool isAnswered)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (await IsAnsweredAsync(rig, sender) != isAnswered)
        {
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task<bool> IsAnsweredAsync(PortRig rig, ClusterOptions sender)
    {
        try
        {
            // Kept open, hundreds of them would soon be all that the port takes.
            using var wire = rig.Wire(sender);
            return await rig.SayAsync(wire, "x", "https") == "x";
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static ClusterOptions Options => ClusterRig.Options("m0").Cluster!;

    private string PathOf(string name) => _folder.File(name);

    private ClusterOptions Tls(ClusterOptions options) => options with
    {
        TlsCertificate = PathOf("m.pem"),
        TlsKey = PathOf("m.key"),
        TlsAuthority = PathOf("ca.pem"),
    };
}
