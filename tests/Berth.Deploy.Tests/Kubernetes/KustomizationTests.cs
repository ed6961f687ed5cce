using System.Text.Json.Nodes;
using Berth.Deploy.Tests.Machine;
using Berth.Testing.Processes;

namespace Berth.Deploy.Tests.Kubernetes;

/// <summary>What is rendered here is what kustomize renders.</summary>
public sealed class KustomizationTests
{
    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    [InlineData("airgap")]
    public async Task Kustomize_renders_the_same(string overlay)
    {
        var kubectl = Tool.Needed("kubectl");
        var folder = "k8s/overlays/" + overlay;
        Same(Kustomization.Render(folder), Yaml.ParseAll(await Tool.RunAsync(kubectl, "kustomize", Repository.File(folder))));
    }

    [Fact]
    public async Task Kustomize_renders_the_component_the_same()
    {
        var kubectl = Tool.Needed("kubectl");
        using var folder = new TestFolder();
        await Tool.RunAsync("cp", "-r", Repository.File("k8s"), folder.Path);
        Directory.CreateDirectory(folder.File("k8s/overlays/site"));
        File.WriteAllText(folder.File("k8s/overlays/site/kustomization.yaml"), """
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            namespace: berth
            resources: [../prod]
            components: [../../components/monitoring]
            """);
        var theirs = Yaml.ParseAll(await Tool.RunAsync(kubectl, "kustomize", folder.File("k8s/overlays/site")));
        Same(Kustomization.Render("k8s/overlays/prod", "k8s/components/monitoring"), theirs);
    }

    [Fact]
    public void A_list_without_a_key_is_replaced_and_one_with_a_key_is_merged()
    {
        var below = Yaml.ParseAll("{args: [a, b], ports: [{containerPort: 1, name: x}, {containerPort: 2}], o: {p: 1, q: 2}}")[0];
        var patch = Yaml.ParseAll("{args: [c], ports: [{containerPort: 3}, {containerPort: 1, name: y}], o: {p: 0440}}")[0];
        StrategicMerge.Over(patch, below).ToJsonString()
            .ShouldBe("""{"args":["c"],"ports":[{"containerPort":3},{"containerPort":1,"name":"y"},{"containerPort":2}],"o":{"p":288,"q":2}}""");
    }

    private static void Same(IReadOnlyList<JsonObject> ours, IReadOnlyList<JsonObject> theirs)
    {
        ours.Select(Id).ShouldBe(theirs.Select(Id), ignoreOrder: true);
        foreach (var one in ours)
        {
            var other = theirs.Single(their => Id(their) == Id(one));
            JsonNode.DeepEquals(one, other).ShouldBeTrue($"{one.ToJsonString()}\n{other.ToJsonString()}");
        }
    }

    private static string Id(JsonObject one) => $"{one.Text("apiVersion")} {one.Text("kind")} {one.Text("metadata/namespace")}/{one.Text("metadata/name")}";
}
