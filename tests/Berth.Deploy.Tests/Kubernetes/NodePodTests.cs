using Berth.Deploy.Tests.Machine;
using Berth.Testing.Processes;

namespace Berth.Deploy.Tests.Kubernetes;

/// <summary>The example's sidecar claims a seat, keeps it and gives it back, by its own script.</summary>
public sealed class NodePodTests
{
    private const string Node = "0b0d9bb3-1c7f-4f0f-9a55-3c2a2c6f6f10";

    [Fact]
    public async Task The_sidecar_holds_a_seat_for_as_long_as_the_pod_lives()
    {
        Tool.Needed("curl");
        using var site = new Site();
        await site.AddAsync("cad", 1, 1);
        await using var member = await site.ServeAsync(["--management-port", "off"]);
        var sidecar = Yaml.Read("k8s/examples/node-pod.yaml").List("spec/initContainers").ShouldHaveSingleItem();
        var variables = sidecar.List("env").ToDictionary(variable => variable.Text("name")!, variable => variable.Text("value"));
        variables["POOL"].ShouldBe("cad");
        variables["NODE"].ShouldBeNull();
        sidecar.List("env").Single(variable => variable.Text("name") == "NODE").Text("valueFrom/fieldRef/fieldPath").ShouldBe("metadata.uid");
        var held = Path.Combine(site.Folder, "held");
        sidecar.Texts("startupProbe/exec/command").ShouldBe(["test", "-f", variables["HELD"]!]);
        var environment = Site.Environment(("NODE", Node), ("BERTH", $"http://127.0.0.1:{member.Port}"), ("POOL", "cad"), ("EVERY", "0.2"), ("HELD", held));
        using (var nodes = new NodeCalls(new Uri($"http://127.0.0.1:{member.Port}/")))
        {
            var command = sidecar.Texts("command");
            await using var seat = LiveMember.Launch(command[0], site.Folder, [.. command.Skip(1)], environment);
            using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
            while (!File.Exists(held))
            {
                await poll.WaitForNextTickAsync(limit.Token);
            }

            (await nodes.PutAsync(Node, "cad")).Status.ShouldBe(202);
            (await nodes.PutAsync("another", "cad")).Status.ShouldBe(410);
            await seat.SignalAsync("TERM");
            (await seat.EndAsync()).ShouldBe(0);
            (await nodes.PutAsync("another", "cad")).Status.ShouldBe(201);
        }
    }
}
