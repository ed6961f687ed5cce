using System.Globalization;
using Berth.Deploy.Tests.Product;
using Berth.Runtime.Ownership;
using Berth.Server;
using Berth.Server.Management;
using Berth.Testing.Processes;

namespace Berth.Deploy.Tests.Kubernetes;

/// <summary>The program takes what the pods give it, and does what their ports and probes say.</summary>
public sealed class MemberArgumentTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(ObjectTests.Overlays), MemberType = typeof(ObjectTests))]
    public void Variables_and_flags_exist(string overlay)
    {
        var pod = new MemberPod(ObjectTests.Render(overlay));
        ServeArguments.Unknown(pod.Environment.Keys).ShouldBeEmpty();
        Read(pod).ShouldNotBeNull();
    }

    [Fact]
    public void Metrics_have_a_port_where_they_are_watched_and_none_elsewhere()
    {
        var pod = new MemberPod(ObjectTests.Render(ObjectTests.Monitored));
        Read(pod).MetricsBind.ShouldBe(new System.Net.IPEndPoint(System.Net.IPAddress.Any, Port(pod, "metrics")));
        Read(new MemberPod(ObjectTests.Render("prod"))).MetricsBind.ShouldBeNull();
    }

    [Fact]
    public void A_member_alone_keeps_its_database_on_the_volume()
    {
        var pod = new MemberPod(ObjectTests.Render("dev"));
        var options = Read(pod);
        options.Store.ShouldBe("sqlite:/data/berth.sqlite");
        pod.Writable.ShouldContain("/data");
        options.Cluster.ShouldBeNull();
        options.EdgePort.ShouldBe(Port(pod, "edge"));
        options.ManagementPort!.Bind.ShouldBe(System.Net.IPAddress.Loopback);
        options.MemberId.ShouldBe("berth-0");
    }

    [Theory]
    [InlineData("prod")]
    [InlineData("airgap")]
    public void Members_find_each_other_by_the_names_that_their_service_gives_them(string overlay)
    {
        var objects = ObjectTests.Render(overlay);
        var pod = new MemberPod(objects);
        var options = Read(pod);
        var members = objects.Single(one => one.Text("kind") == "Service" && one.Text("metadata/name") == pod.Set.Text("spec/serviceName"));
        var port = members.List("spec/ports").Single(one => one.Text("name") == "cluster").Text("port");
        options.Cluster!.Advertise.ShouldBe($"{pod.Name}.{members.Text("metadata/name")}.{pod.Namespace}.svc:{port}");
        options.Cluster.Bind.ShouldBe("0.0.0.0");
        (options.EdgePort, options.Cluster.Port, options.ManagementPort!.Port).ShouldBe((Port(pod, "edge"), Port(pod, "cluster"), Port(pod, "management")));
        (ClusterOptions.DefaultPort, ManagementPortOptions.DefaultPort).ShouldBe((Port(pod, "cluster"), Port(pod, "management")));
        pod.Writable.ShouldContain(folder => options.KeyFile!.StartsWith(folder + "/"));
        pod.Writable.ShouldContain(folder => options.Socket!.StartsWith(folder + "/"));
        options.ManagementPort.TokensFile.ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(ObjectTests.Overlays), MemberType = typeof(ObjectTests))]
    public void A_pod_has_the_time_that_leaving_takes(string overlay)
    {
        var pod = new MemberPod(ObjectTests.Render(overlay));
        var wait = Seconds(pod.Container.Text("lifecycle/preStop/sleep/seconds"));
        var readiness = pod.Container.At("readinessProbe");
        wait.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(3));
        var ownership = new OwnershipOptions();
        var edge = TimeSpan.FromSeconds(10);
        var port = TimeSpan.FromSeconds(5);
        Seconds(pod.Spec.Text("terminationGracePeriodSeconds")).ShouldBeGreaterThan(wait + (ownership.LeaveLimit * 2) + (ownership.DrainLimit * 2) + ownership.CallLimit + edge + port);
        (Seconds(readiness.Text("periodSeconds")) * int.Parse(readiness.Text("failureThreshold")!)).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(10));
        if (pod.Set.Text("spec/minReadySeconds") is { } ready)
        {
            Seconds(ready).ShouldBeGreaterThan(ownership.NewcomerDelay);
        }

        Seconds(pod.Container.Text("startupProbe/periodSeconds")).ShouldBeGreaterThan(TimeSpan.Zero);
        pod.Container.Text("livenessProbe/httpGet/path").ShouldBe("/livez");
        pod.Container.Text("startupProbe/httpGet/path").ShouldBe("/livez");
        readiness.Text("httpGet/path").ShouldBe("/readyz");
    }

    /// <summary>As the program reads it, with the secrets in a folder of the test.</summary>
    private MemberOptions Read(MemberPod pod)
    {
        const string Secrets = "/run/secrets/berth";
        foreach (var name in new[] { "cluster-secret", "store-password", "tokens" })
        {
            File.WriteAllText(_folder.File(name), "0123456789abcdef0123456789abcdef\n");
        }

        return ServeArguments.Read([.. pod.Arguments.Select(argument => argument.Replace(Secrets, _folder.Path, StringComparison.Ordinal))], pod.Environment);
    }

    private static TimeSpan Seconds(string? text) => TimeSpan.FromSeconds(int.Parse(text!, CultureInfo.InvariantCulture));

    private static int Port(MemberPod pod, string name) => int.Parse(pod.Container.List("ports").Single(port => port.Text("name") == name).Text("containerPort")!);
}
