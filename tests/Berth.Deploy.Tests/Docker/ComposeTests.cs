using System.Text.Json.Nodes;
using Berth.Deploy.Tests.Kubernetes;
using Berth.Deploy.Tests.Machine;
using Berth.Deploy.Tests.Product;
using Berth.Server;
using Berth.Testing.Processes;

namespace Berth.Deploy.Tests.Docker;

/// <summary>The compose files fit the image, the program and each other's parts.</summary>
public sealed class ComposeTests : IDisposable
{
    internal const string One = "docker/compose.yaml";
    internal const string Cluster = "docker/compose.cluster.yaml";
    private const string Secrets = "/run/secrets";

    private readonly TestFolder _folder = new();

    public static TheoryData<string> Files => [One, Cluster];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void Containers_may_do_no_more_than_they_need(string file)
    {
        var services = Yaml.Read(file).At("services")!.AsObject();
        services.ShouldNotBeEmpty();
        services.ShouldAllBe(one => one.Value.Text("read_only") == "true" && one.Value.Texts("cap_drop").SequenceEqual(new[] { "ALL" })
            && one.Value.Texts("security_opt").SequenceEqual(new[] { "no-new-privileges:true" }));
        services.ShouldAllBe(one => one.Value.Text("image")!.Contains(':') && !one.Value.Text("image")!.EndsWith(":latest"));
        services.Where(one => one.Value.Text("image")!.StartsWith("berth:")).ShouldAllBe(one => one.Value.Text("image") == "berth:" + Cli.Verbs.VersionVerb.Current);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void What_is_named_is_there(string file)
    {
        var compose = Yaml.Read(file);
        var services = compose.At("services")!.AsObject();
        var volumes = compose.At("volumes")!.AsObject().Select(one => one.Key).ToList();
        var mounts = services.SelectMany(one => one.Value.Texts("volumes")).Select(mount => mount.Split(':')[0]).ToList();
        mounts.Where(mount => mount[0] != '.').ShouldBe(volumes, ignoreOrder: true);
        mounts.Where(mount => mount[0] == '.').ShouldAllBe(mount => Path.Exists(Repository.File("docker/" + mount)));
        var secrets = (compose.At("secrets") as JsonObject ?? []).Select(one => one.Key).ToList();
        services.SelectMany(one => one.Value.Texts("secrets")).Distinct().ShouldBe(secrets, ignoreOrder: true);
        foreach (var service in services.Select(one => one.Value!))
        {
            (service.At("depends_on") as JsonObject ?? []).ShouldAllBe(other => services.ContainsKey(other.Key) && services[other.Key]!.At("healthcheck") != null);
            service.Pairs("environment").Values.Where(value => value.StartsWith(Secrets + "/")).Select(value => value[(Secrets.Length + 1)..])
                .ShouldBeSubsetOf(service.Texts("secrets"));
            Path.Exists(Repository.File("docker/" + (service.Text("build/dockerfile") is { } build ? "../" + build : string.Empty))).ShouldBeTrue();
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Members_start_with_what_they_are_given(string file)
    {
        await Tool.RunAsync(Repository.File("docker/secrets"), _folder.Path);
        foreach (var (name, service) in Yaml.Read(file).At("services")!.AsObject().Where(one => one.Value.Text("image")!.StartsWith("berth:")))
        {
            var variables = Variables(service!, _folder.Path);
            ServeArguments.Unknown(variables.Keys).ShouldBeEmpty();
            var options = ServeArguments.Read(service.Texts("command"), variables);
            options.MemberId.ShouldBe(name);
            service.Texts("ports").ShouldHaveSingleItem().Split(':')[1].ShouldBe($"{options.EdgePort}");
            service.Texts("volumes").ShouldContain(mount => mount.EndsWith(":/data"));
            service.Texts("tmpfs").ShouldHaveSingleItem().ShouldStartWith("/run/berth:mode=0700,uid=10001,gid=10001");
            if (options.Cluster is { } cluster)
            {
                cluster.Advertise.ShouldBe($"{name}:{ClusterOptions.DefaultPort}");
                cluster.Bind.ShouldBe("0.0.0.0");
                options.Socket!.ShouldStartWith("/run/berth/");
            }
            else
            {
                options.Store.ShouldBe("sqlite:/data/berth.sqlite");
            }
        }
    }

    [Fact]
    public void Members_wait_for_servers_that_others_can_reach()
    {
        var services = Yaml.Read(Cluster).At("services")!.AsObject();
        var awaited = services.SelectMany(one => (one.Value.At("depends_on") as JsonObject ?? []).AsEnumerable()).ToList();
        awaited.ShouldAllBe(one => one.Value.Text("condition") == "service_healthy");
        awaited.Select(one => one.Key).Distinct().ShouldBe(services.Where(one => one.Value.Text("image")!.StartsWith("postgres:")).Select(one => one.Key), ignoreOrder: true);
        foreach (var name in awaited.Select(one => one.Key).Distinct())
        {
            // Over its socket it would be healthy while the first script still runs.
            services[name].Texts("healthcheck/test").Take(2).ShouldBe(["CMD", "pg_isready"]);
            services[name].Texts("healthcheck/test").ShouldContain("--host=127.0.0.1");
        }
    }

    [Fact]
    public void Each_member_has_a_name_a_port_and_a_volume_of_its_own()
    {
        var members = Yaml.Read(Cluster).At("services")!.AsObject().Where(one => one.Value.Text("image")!.StartsWith("berth:")).Select(one => one.Value).ToList();
        members.Count.ShouldBe(3);
        members.SelectMany(member => member.Texts("ports")).Select(port => port.Split(':')[0]).ShouldBeUnique();
        members.SelectMany(member => member.Texts("volumes")).ShouldBeUnique();
    }

    [Fact]
    public async Task Secrets_are_made_once_for_the_group_that_reads_them()
    {
        var script = Repository.File("docker/secrets");
        await Tool.RunAsync(script, _folder.Path);
        var made = Directory.GetFiles(_folder.Path).ToDictionary(path => Path.GetFileName(path), File.ReadAllText);
        made.Keys.ShouldBe(Yaml.Read(Cluster).At("secrets")!.AsObject().Select(one => one.Key), ignoreOrder: true);
        made.Values.ShouldBeUnique();
        made.Values.ShouldAllBe(value => value.Length == 48);
        await Tool.RunAsync(script, _folder.Path);
        Directory.GetFiles(_folder.Path).ShouldAllBe(path => File.ReadAllText(path) == made[Path.GetFileName(path)]);
        if (Environment.IsPrivilegedProcess)
        {
            File.GetUnixFileMode(_folder.File("cluster-secret")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.GroupRead);
        }
    }

    /// <summary>The variables of the image and of the service, with its secrets in a folder of the test.</summary>
    internal static Dictionary<string, string> Variables(JsonNode service, string secrets) => Dockerfile.OfProduct.Environment
        .Where(one => !service.Pairs("environment").ContainsKey(one.Key)).Concat(service.Pairs("environment"))
        .ToDictionary(one => one.Key, one => one.Value.Replace(Secrets, secrets, StringComparison.Ordinal));
}
