using Berth.Deploy.Tests.Docker;
using Berth.Deploy.Tests.Machine;
using Berth.Testing.Postgres;
using Berth.Testing.Processes;

namespace Berth.Deploy.Tests.Kubernetes;

/// <summary>Pods' commands run with their own user, files and variables, on a read-only root.</summary>
public sealed class PodRunTests
{
    [Fact]
    public async Task A_member_alone_runs_as_its_pod_says()
    {
        Tool.NeedsRoot();
        var pod = new MemberPod(ObjectTests.Render("dev"));
        await using var berth = Start(pod, pod.AllVariables(Dockerfile.OfProduct.Environment), []);
        await AnswersAsync(berth, " edge ", "/readyz", 200);
        File.Exists(berth.Outside("/data/berth.sqlite")).ShouldBeTrue();
        berth.Out.Count("problem").ShouldBe(0, berth.Out.ToString());
        (await berth.StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_member_of_a_cluster_runs_as_its_pod_says_and_takes_tokens_that_root_hands_to_its_group()
    {
        Tool.NeedsRoot();
        var token = (await BerthProcess.RunAsync(BerthProcess.Program, "/", ["token", "new", "--role", "viewer", "--name", "grafana"])).Out;
        var secrets = new Dictionary<string, string>
        {
            ["cluster-secret"] = "0123456789abcdef0123456789abcdef\n",
            ["store-password"] = "none is asked for\n",
            ["tokens"] = token.Split('\n').Single(line => line.Contains("sha256:")).Replace("line", string.Empty).Trim() + "\n",
        };
        var pod = new MemberPod(ObjectTests.Render("prod"));
        var variables = pod.AllVariables(Dockerfile.OfProduct.Environment);
        var postgres = await PostgresServer.SharedAsync();
        variables["BERTH_STORE"] = await postgres.NewDatabaseAsync();
        await using var berth = Start(pod, variables, pod.Secrets(secrets), "--cluster-port=0");
        await AnswersAsync(berth, " edge ", "/readyz", 200);
        await AnswersAsync(berth, " manage ", "/admin/server", 401);
        berth.Out.Count("problem").ShouldBe(0, berth.Out.ToString());
        File.GetUnixFileMode(berth.Outside("/data/member.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await berth.StopAsync()).ShouldBe(0);
    }

    private static ReadOnlyMachine Start(MemberPod pod, Dictionary<string, string> variables, IEnumerable<GivenFile> files, params string[] more) =>
        ReadOnlyMachine.Start(
            uint.Parse(pod.Spec.Text("securityContext/runAsUser")!),
            pod.Writable,
            files,
            variables,
            [.. pod.Arguments, "--bind=127.0.0.1", "--port=0", "--management-port=0", .. more]);

    private static async Task AnswersAsync(ReadOnlyMachine berth, string line, string path, int status)
    {
        try
        {
            await Probe.AnswersAsync(berth.Out, line, path, status);
        }
        catch (InvalidOperationException silent)
        {
            throw new InvalidOperationException($"{silent.Message}\n{berth.Error}", silent);
        }
    }
}
