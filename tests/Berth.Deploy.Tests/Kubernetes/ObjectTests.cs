using System.Text.Json.Nodes;

namespace Berth.Deploy.Tests.Kubernetes;

/// <summary>The objects of each overlay fit each other.</summary>
public sealed class ObjectTests
{
    internal const string Monitored = "prod+monitoring";

    /// <summary>Volumes that pods of a restricted namespace may have.</summary>
    private static readonly string[] _allowedVolumes = ["name", "emptyDir", "secret", "configMap", "projected"];

    private static readonly Dictionary<string, string> _versions = new(StringComparer.Ordinal)
    {
        ["Namespace"] = "v1",
        ["ServiceAccount"] = "v1",
        ["Service"] = "v1",
        ["ConfigMap"] = "v1",
        ["Pod"] = "v1",
        ["StatefulSet"] = "apps/v1",
        ["PodDisruptionBudget"] = "policy/v1",
        ["NetworkPolicy"] = "networking.k8s.io/v1",
        ["ServiceMonitor"] = "monitoring.coreos.com/v1",
    };

    public static TheoryData<string> Overlays => ["dev", "prod", "airgap", Monitored];

    internal static IReadOnlyList<JsonObject> Render(string overlay) => overlay == Monitored
        ? Kustomization.Render("k8s/overlays/prod", "k8s/components/monitoring")
        : Kustomization.Render("k8s/overlays/" + overlay);

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Objects_are_well_formed_and_of_one_namespace(string overlay)
    {
        var objects = Render(overlay);
        objects.ShouldAllBe(one => one.Text("apiVersion") == _versions[one.Text("kind")!]);
        objects.Select(one => one.Text("metadata/name")!).ShouldAllBe(name => name.Length < 54 && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-'));
        objects.Select(one => (one.Text("kind"), one.Text("metadata/name"))).ShouldBeUnique();
        var space = objects.Single(one => one.Text("kind") == "Namespace");
        space.Pairs("metadata/labels")["pod-security.kubernetes.io/enforce"].ShouldBe("restricted");
        objects.Where(one => one != space).ShouldAllBe(one => one.Text("metadata/namespace") == space.Text("metadata/name"));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Selectors_find_the_pods_and_ports_have_names_that_exist(string overlay)
    {
        var objects = Render(overlay);
        var pod = new MemberPod(objects);
        var labels = pod.Set.Pairs("spec/template/metadata/labels");
        var ports = pod.Container.List("ports").ToDictionary(port => port.Text("name")!, port => port.Text("containerPort"));
        foreach (var selector in objects.Where(one => one.Text("kind") is "StatefulSet" or "PodDisruptionBudget").Select(one => one.Pairs("spec/selector/matchLabels"))
            .Concat(objects.Where(one => one.Text("kind") == "Service").Select(one => one.Pairs("spec/selector")))
            .Concat(objects.Where(one => one.Text("kind") == "NetworkPolicy").Select(one => one.Pairs("spec/podSelector/matchLabels")))
            .Concat(pod.Spec.Inside().Where(part => part.ContainsKey("topologyKey")).Select(part => part.Pairs("labelSelector/matchLabels"))))
        {
            selector.ShouldNotBeEmpty();
            selector.ShouldBeSubsetOf(labels);
        }

        var services = objects.Where(one => one.Text("kind") == "Service").SelectMany(one => one.List("spec/ports")).ToList();
        services.ShouldAllBe(port => ports[port.Text("targetPort")!] == port.Text("port") && port.Text("name") == port.Text("targetPort"));
        pod.Container.Inside().Where(part => part.ContainsKey("httpGet")).Select(probe => probe.Text("httpGet/port")).ShouldAllBe(port => port == "edge");
        ports.Keys.ShouldBe(services.Select(port => port.Text("name")!).Distinct(), ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Every_port_may_be_reached_by_somebody_and_by_nobody_unnamed(string overlay)
    {
        var objects = Render(overlay);
        var pod = new MemberPod(objects);
        var policies = objects.Where(one => one.Text("kind") == "NetworkPolicy").ToList();
        var rules = policies.SelectMany(policy => policy.List("spec/ingress")).ToList();
        rules.ShouldAllBe(rule => rule.List("from").Count > 0 && rule.List("ports").Count > 0);
        rules.SelectMany(rule => rule.List("ports")).Select(port => port.Text("port")).Distinct()
            .ShouldBe(pod.Container.List("ports").Select(port => port.Text("name")), ignoreOrder: true);
        foreach (var port in new[] { "cluster", "management", "metrics" })
        {
            rules.Where(rule => rule.List("ports").Any(one => one.Text("port") == port)).SelectMany(rule => rule.List("from")).SelectMany(from => from.Inside())
                .Where(part => part.ContainsKey("podSelector") || part.ContainsKey("namespaceSelector"))
                .ShouldAllBe(part => part.Pairs("podSelector/matchLabels").Count + part.Pairs("namespaceSelector/matchLabels").Count > 0);
        }

        policies.Single(policy => policy.Text("metadata/name") == "berth").Texts("spec/policyTypes").ShouldBe(["Ingress", "Egress"]);
        var out_ = policies.SelectMany(policy => policy.List("spec/egress")).SelectMany(rule => rule.List("ports")).Select(port => port.Text("port")).Distinct();
        out_.ShouldBe(overlay == "dev" ? ["53"] : ["53", "cluster", "5432"], ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Pods_may_do_nothing_that_a_restricted_namespace_forbids(string overlay) => Restricted(new MemberPod(Render(overlay)).Spec);

    [Fact]
    public void The_example_s_pod_may_do_nothing_that_a_restricted_namespace_forbids() => Restricted((JsonObject)Yaml.Read("k8s/examples/node-pod.yaml").At("spec")!);

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Volumes_that_are_mounted_exist(string overlay)
    {
        var pod = new MemberPod(Render(overlay));
        var mounted = pod.Container.List("volumeMounts").Select(mount => mount.Text("name"));
        var there = pod.Spec.List("volumes").Select(volume => volume.Text("name")).Concat(pod.Set.List("spec/volumeClaimTemplates").Select(claim => claim.Text("metadata/name")));
        mounted.ShouldBe(there, ignoreOrder: true);
        pod.Container.List("volumeMounts").Select(mount => mount.Text("mountPath")).ShouldBeUnique();
        pod.Spec.List("volumes").Where(volume => volume.ContainsKey("emptyDir")).ShouldAllBe(volume => volume.Text("emptyDir/sizeLimit") != null);
    }

    [Fact]
    public void Members_are_counted_the_same_everywhere()
    {
        new MemberPod(Render("dev")).Set.Text("spec/replicas").ShouldBe("1");
        var objects = Render("prod");
        var pod = new MemberPod(objects);
        var replicas = int.Parse(pod.Set.Text("spec/replicas")!);
        replicas.ShouldBe(3);
        var budget = objects.Single(one => one.Text("kind") == "PodDisruptionBudget");
        int.Parse(budget.Text("spec/maxUnavailable")!).ShouldBeInRange(1, replicas - 1);
        pod.Spec.List("affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution").ShouldContain(term => term.Text("topologyKey") == "kubernetes.io/hostname");
        pod.Set.Text("spec/podManagementPolicy").ShouldBe("Parallel");
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void The_set_s_own_service_has_no_address_and_tells_names_before_pods_are_ready(string overlay)
    {
        var objects = Render(overlay);
        var service = objects.Single(one => one.Text("kind") == "Service" && one.Text("metadata/name") == new MemberPod(objects).Set.Text("spec/serviceName"));
        (service.Text("spec/clusterIP"), service.Text("spec/publishNotReadyAddresses")).ShouldBe(("None", "true"));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Images_have_a_version(string overlay)
    {
        var image = new MemberPod(Render(overlay)).Container.Text("image")!;
        if (overlay == "airgap")
        {
            image.ShouldMatch("^registry\\.example/[a-z]+@sha256:[0-9a-f]{64}$");
        }
        else
        {
            image.ShouldBe("berth:" + Cli.Verbs.VersionVerb.Current);
        }
    }

    [Fact]
    public void The_monitor_finds_the_port_of_the_metrics()
    {
        var objects = Render(Monitored);
        var monitor = objects.Single(one => one.Text("kind") == "ServiceMonitor");
        var service = objects.Where(one => one.Text("kind") == "Service").Single(one => monitor.Pairs("spec/selector/matchLabels").All(label => one.Pairs("metadata/labels").Contains(label)));
        service.List("spec/ports").ShouldContain(port => port.Text("name") == monitor.List("spec/endpoints")[0].Text("port"));
        Render("prod").ShouldNotContain(one => one.Text("kind") == "ServiceMonitor");
    }

    private static void Restricted(JsonObject spec)
    {
        spec.Text("enableServiceLinks").ShouldBe("false");
        spec.Text("automountServiceAccountToken").ShouldBe("false");
        spec.Text("securityContext/runAsNonRoot").ShouldBe("true");
        int.Parse(spec.Text("securityContext/runAsUser")!).ShouldBeGreaterThan(0);
        spec.Text("securityContext/seccompProfile/type").ShouldBe("RuntimeDefault");
        spec.List("volumes").SelectMany(volume => volume.Select(part => part.Key)).ShouldBeSubsetOf(_allowedVolumes);
        foreach (var container in spec.List("initContainers").Concat(spec.List("containers")))
        {
            container.Text("securityContext/allowPrivilegeEscalation").ShouldBe("false");
            container.Text("securityContext/readOnlyRootFilesystem").ShouldBe("true");
            container.Texts("securityContext/capabilities/drop").ShouldBe(["ALL"]);
            container.Text("image")!.ShouldNotEndWith(":latest");
            container.Text("image")!.ShouldContain(':');
            (container.Text("resources/requests/cpu"), container.Text("resources/requests/memory"), container.Text("resources/limits/memory")).ShouldNotBe((null, null, null));
        }
    }
}
