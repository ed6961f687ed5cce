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

    private static ClusterOptions Options => ClusterRig.Options("m0").Cluster!;

    private string PathOf(string name) => _folder.File(name);

    private ClusterOptions Tls(ClusterOptions options) => options with
    {
        TlsCertificate = PathOf("m.pem"),
        TlsKey = PathOf("m.key"),
        TlsAuthority = PathOf("ca.pem"),
    };
}
