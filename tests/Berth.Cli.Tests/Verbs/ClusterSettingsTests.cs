using System.Text;
using Berth.Cli.Flags;
using Berth.Cli.Verbs;
using Berth.Server;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Verbs;

public sealed class ClusterSettingsTests : IDisposable
{
    private const string Store = "--store postgres://berth@db/berth ";
    private const string Secret = "a secret of enough bytes";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_shared_store_makes_a_member_of_a_cluster_with_defaults()
    {
        var options = Read(Store + "--bind 127.0.0.1 --member-name m1");
        var cluster = options.Cluster.ShouldNotBeNull();
        (cluster.Name, cluster.Member, cluster.Port, cluster.Lease).ShouldBe(("berth", "m1", 6350, TimeSpan.FromSeconds(3)));
        (cluster.Advertise, cluster.Bind).ShouldBe(("127.0.0.1:6350", "127.0.0.1"));
        Encoding.UTF8.GetString(cluster.Secret.Span).ShouldBe(Secret);
        cluster.SecretFile.ShouldBeNull("it stands in a variable");
        (cluster.TlsCertificate, cluster.TlsKey, cluster.TlsAuthority).ShouldBe((null, null, null));
        options.MemberId.ShouldBe("m1");
        options.Store.ShouldBe("postgres://berth@db/berth");
        options.Socket.ShouldBe("/run/berth/berth-m1.sock");
        options.KeyFile.ShouldBe(Path.Combine(Directory.GetCurrentDirectory(), "berth-m1.key"));
    }

    [Fact]
    public void What_is_said_counts()
    {
        File.WriteAllText(_folder.File("secret"), "another secret of enough bytes\n");
        var cluster = Read(
            Store + "--cluster-name c --member-name m-1.b --advertise berth-1.example:7000 --cluster-bind 10.1.2.3 --cluster-port 7001 --lease 1500ms "
                + $"--cluster-tls-cert c --cluster-tls-key k --cluster-tls-ca a --cluster-secret-file {_folder.File("secret")}").Cluster!;
        (cluster.Name, cluster.Member, cluster.Advertise).ShouldBe(("c", "m-1.b", "berth-1.example:7000"));
        (cluster.Bind, cluster.Port, cluster.Lease).ShouldBe(("10.1.2.3", 7001, TimeSpan.FromMilliseconds(1500)));
        (cluster.TlsCertificate, cluster.TlsKey, cluster.TlsAuthority).ShouldBe((Path.GetFullPath("c"), Path.GetFullPath("k"), Path.GetFullPath("a")));

        // A file that the command line names goes before the variable.
        Encoding.UTF8.GetString(cluster.Secret.Span).ShouldBe("another secret of enough bytes");
        cluster.SecretFile.ShouldBe(_folder.File("secret"));
    }

    [Fact]
    public void Variables_and_the_file_say_the_same_as_flags()
    {
        File.WriteAllText(_folder.File("c.yaml"), "cluster-name: of-file\nmember-name: of-file\nlease: 5s\n");
        var line = $"--advertise 127.0.0.1 --config {_folder.File("c.yaml")}";
        var cluster = Read(
            line,
            ("BERTH_STORE", "postgres://berth@db/berth"),
            ("BERTH_MEMBER_NAME", "of-variable"),
            ("BERTH_CLUSTER_PORT", "7002")).Cluster!;
        (cluster.Name, cluster.Member, cluster.Port, cluster.Lease).ShouldBe(("of-file", "of-variable", 7002, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void A_password_comes_from_a_file_and_is_shown_nowhere()
    {
        File.WriteAllText(_folder.File("pw"), "p@ss:w/rd %41\n");
        var options = Read($"{Store}--bind 127.0.0.1 --store-password-file {_folder.File("pw")}");
        options.Store.ShouldBe("postgres://berth@db/berth");
        options.ToString().ShouldNotContain("p@ss");
        options.StoreUri!.ToString().ShouldBe("postgres://berth@db/berth");
        options.StoreUri.ShouldNotBe(Read(Store + "--bind 127.0.0.1").StoreUri);
    }

    [Fact]
    public void Folders_of_a_service_are_used()
    {
        var options = Read(Store + "--bind 127.0.0.1 --member-name m1", ("RUNTIME_DIRECTORY", "/run/a:/run/b"), ("STATE_DIRECTORY", "/var/lib/berth"));
        options.Socket.ShouldBe("/run/a/berth-m1.sock");
        options.KeyFile.ShouldBe("/var/lib/berth/berth-m1.key");
        Read(Store + "--bind 127.0.0.1 --socket s --key-file k").ShouldSatisfyAllConditions(
            named => named.Socket.ShouldBe(Path.GetFullPath("s")), named => named.KeyFile.ShouldBe(Path.GetFullPath("k")));
    }

    [Fact]
    public void An_edge_without_pools_is_no_member()
    {
        var options = Read(Store + "--edge --member-name m1", ("BERTH_CLUSTER_SECRET", ""));
        options.Cluster.ShouldBeNull();
        options.Socket.ShouldBe("/run/berth/berth-m1.sock");
    }

    [Fact]
    public void A_lone_member_may_have_a_name_and_nothing_else_of_a_cluster()
    {
        Read("--member-name m1").ShouldSatisfyAllConditions(options => options.MemberId.ShouldBe("m1"), options => options.Cluster.ShouldBeNull());
        Read("").MemberId.ShouldBeNull();
    }

    [Theory]
    [InlineData("--cluster-port 7000", "--cluster-port is for members that share a store: give --store postgres://USER@HOST/DATABASE as well, or leave it away")]
    [InlineData(Store + "--bind 127.0.0.1 --exclusive-nodes", "--exclusive-nodes: one member alone can keep a node to one seat over all pools, and members that share a store cannot: leave it away")]
    [InlineData(Store + "--bind 127.0.0.1 --lease 999ms", "invalid argument \"999ms\" for \"--lease\" flag: must be 1s to 60s, in whole milliseconds")]
    [InlineData(Store + "--bind 127.0.0.1 --lease 60.001s", "invalid argument \"1m0.001s\" for \"--lease\" flag: must be 1s to 60s, in whole milliseconds")]
    [InlineData(Store + "--bind 127.0.0.1 --lease 1.0001s", "invalid argument \"1.0001s\" for \"--lease\" flag: must be 1s to 60s, in whole milliseconds")]
    [InlineData(Store + "--bind 127.0.0.1 --cluster-port 65536", "invalid argument \"65536\" for \"--cluster-port\" flag: must be 0 to 65535")]
    [InlineData(Store + "--bind 127.0.0.1 --member-name a/b", "invalid argument \"a/b\" for \"--member-name\" flag: 1 to 48 letters, digits or . _ -, a letter or digit first")]
    [InlineData(Store + "--bind 127.0.0.1 --member-name ..", "invalid argument \"..\" for \"--member-name\" flag: 1 to 48 letters, digits or . _ -, a letter or digit first")]
    [InlineData(
        Store + "--bind 127.0.0.1 --cluster-tls-cert c --cluster-tls-key k",
        "--cluster-tls-cert, --cluster-tls-key and --cluster-tls-ca go together: both sides show a certificate; give all, or none")]
    [InlineData(
        "--database x --store-password-file nosuch --lease 3s",
        "--lease is for members that share a store: give --store postgres://USER@HOST/DATABASE as well, or leave it away")]
    public void What_makes_no_sense_is_refused(string line, string text) =>
        Should.Throw<CommandFailedException>(() => Read(line)).Message.ShouldBe(text);

    [Theory]
    [InlineData("", "--cluster-secret-file is missing: members that share a store share a secret; 'berth cluster secret new FILE' makes one, to be copied to all")]
    [InlineData("fifteen bytes..", "the cluster's secret has 15 bytes: it needs 16 or more; 'berth cluster secret new FILE' makes one")]
    [InlineData("a secret of 20 bytes\nshort", "line 2 of the cluster's secret has 5 bytes: it needs 16 or more; 'berth cluster secret new FILE' makes one")]
    public void A_secret_is_needed(string secret, string text) =>
        Should.Throw<CommandFailedException>(() => Read(Store + "--bind 127.0.0.1", ("BERTH_CLUSTER_SECRET", secret))).Message.ShouldBe(text);

    [Fact]
    public void Sixteen_bytes_are_enough() =>
        Read(Store + "--bind 127.0.0.1", ("BERTH_CLUSTER_SECRET", "sixteen bytes...")).Cluster!.Secret.Length.ShouldBe(16);

    [Fact]
    public void Called_relay_the_store_is_a_file() =>
        Should.Throw<CommandFailedException>(() => Read("relay", Store, [])).Message
            .ShouldBe("called relay, the store is a file: call the program berth for a store that members share");

    private static MemberOptions Read(string line, params (string Name, string Value)[] environment) => Read("berth", line, environment);

    private static MemberOptions Read(string name, string line, (string Name, string Value)[] environment)
    {
        IReadOnlyList<Flag> flags = [.. ServeFlags.All, .. GlobalFlags.All];
        var parsed = CommandLine.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), flags);
        var shell = new TestShell(name, [.. environment, ("BERTH_CLUSTER_SECRET", Secret)]).Shell(new StringWriter(), new StringWriter());
        var settings = new Settings(parsed, shell, ConfigFile.None);
        var file = settings.Text(GlobalFlags.Config) is { } path ? ConfigFile.Read(path, flags) : ConfigFile.None;
        return ServeSettings.Read(new Call(shell, new Settings(parsed, shell, file), parsed.Words));
    }
}
