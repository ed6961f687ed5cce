using System.Text.Json.Nodes;
using Berth.Deploy.Tests.Machine;

namespace Berth.Deploy.Tests.Kubernetes;

/// <summary>What the first pod of the members gets: its command line and its variables, as the kubelet makes them.</summary>
internal sealed class MemberPod
{
    public MemberPod(IReadOnlyList<JsonObject> objects)
    {
        Set = objects.Single(one => one.Text("kind") == "StatefulSet");
        Spec = (JsonObject)Set.At("spec/template/spec")!;
        Container = Spec.List("containers").ShouldHaveSingleItem();
        Environment = Container.List("envFrom")
            .SelectMany(from => objects.Single(one => one.Text("kind") == "ConfigMap" && one.Text("metadata/name") == from.Text("configMapRef/name")).Pairs("data"))
            .Concat(Container.List("env").Select(variable => KeyValuePair.Create(variable.Text("name")!, variable.Text("value") ?? Field(variable.Text("valueFrom/fieldRef/fieldPath")!))))
            .ToDictionary(StringComparer.Ordinal);
        Arguments = [.. Container.Texts("args").Select(Expanded)];
    }

    public JsonObject Set { get; }

    public JsonObject Spec { get; }

    public JsonObject Container { get; }

    public IReadOnlyDictionary<string, string> Environment { get; }

    public IReadOnlyList<string> Arguments { get; }

    public string Name => Set.Text("metadata/name") + "-0";

    public string Namespace => Set.Text("metadata/namespace")!;

    /// <summary>The variables that the image brings and those of the pod, which win.</summary>
    public Dictionary<string, string> AllVariables(IEnumerable<KeyValuePair<string, string>> ofImage) => ofImage.Where(one => !Environment.ContainsKey(one.Key)).Concat(Environment).ToDictionary();

    /// <summary>Where a volume of a kind is mounted.</summary>
    public IEnumerable<string> MountsOf(string kind)
    {
        var volumes = Spec.List("volumes").Where(volume => volume.ContainsKey(kind)).Select(volume => volume.Text("name"));
        return Container.List("volumeMounts").Where(mount => volumes.Contains(mount.Text("name"))).Select(mount => mount.Text("mountPath")!);
    }

    /// <summary>Folders that the member may write to.</summary>
    public IEnumerable<string> Writable => MountsOf("emptyDir").Concat(Set.List("spec/volumeClaimTemplates")
        .Select(claim => Container.List("volumeMounts").Single(mount => mount.Text("name") == claim.Text("metadata/name")).Text("mountPath")!));

    /// <summary>The secret as the kubelet lays it out: a folder of links, files of root and of the group.</summary>
    public IEnumerable<GivenFile> Secrets(IReadOnlyDictionary<string, string> texts)
    {
        var folder = MountsOf("secret").ShouldHaveSingleItem();
        var mode = Spec.List("volumes").Single(volume => volume.ContainsKey("secret")).At("secret/defaultMode")!.GetValue<long>();
        return texts.Select(text => new GivenFile($"{folder}/{text.Key}", text.Value, Convert.ToString(mode, 8)));
    }

    private string Field(string path) => path switch
    {
        "metadata.name" => Name,
        "metadata.namespace" => Namespace,
        _ => throw new NotSupportedException(path),
    };

    private string Expanded(string argument)
    {
        var text = Environment.Aggregate(argument, (text, variable) => text.Replace($"$({variable.Key})", variable.Value, StringComparison.Ordinal));
        text.ShouldNotContain("$(");
        return text;
    }
}
