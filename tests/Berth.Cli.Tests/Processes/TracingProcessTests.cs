using System.Text;
using Berth.Testing;
using Berth.Testing.Postgres;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Processes;

/// <summary>What members send to a collector of traces.</summary>
public sealed class TracingProcessTests : IDisposable
{
    private const string ClientsTrace = "0af7651916cd43dd8448eb211c80319c";
    private const string Kept = "00-" + ClientsTrace + "-b7ad6b7169203331-01";
    private const string NotKept = "00-" + ClientsTrace + "-b7ad6b7169203331-00";

    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_claim_that_hops_is_one_trace_over_two_members()
    {
        await using var collector = new OtlpCollector();
        var store = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        await File.WriteAllTextAsync(_folder.File("secret"), "a secret for this test only\n");
        await using var owner = await ServeAsync("m0", store, collector);
        await using var edge = await ServeAsync("m1", store, collector);
        await AddAsync("m0.sock");

        (await PutAsync(edge.Port, "secret-node", NotKept)).ShouldBe(201);
        (await PutAsync(edge.Port, "secret-other", Kept)).ShouldBe(201);
        var claim = (await collector.WaitForAsync(span => span.Name == "append" && span.Tags["berth.pool"] == "cad", 1)).ShouldHaveSingleItem();
        var trace = await collector.WaitForAsync(span => span.Trace == claim.Trace, 4);

        var first = trace.Single(span => span.Parent.Length == 0);
        (first.Member, first.Name, first.Kind).ShouldBe(("m1", "PUT /v1/nodes/{fingerprint}", 2));
        first.Links.ShouldBe([ClientsTrace]);
        first.Tags.ShouldContainKeyAndValue("berth.pool", "cad");
        first.Tags.ShouldContainKeyAndValue("berth.member", "m0");
        first.Tags.ShouldContainKeyAndValue("http.response.status_code", "201");
        var hop = trace.Single(span => span.Parent == first.Id);
        (hop.Member, hop.Name, hop.Kind).ShouldBe(("m1", "hop", 3));
        var answer = trace.Single(span => span.Parent == hop.Id);
        (answer.Member, answer.Name, answer.Kind).ShouldBe(("m0", "hop answer", 2));
        (claim.Parent, claim.Member, claim.Kind, claim.Tags["berth.outcome"]).ShouldBe((answer.Id, "m0", 1, "Committed"));
        collector.Requests.ShouldAllBe(request => request.Path == "/v1/traces" && !Encoding.UTF8.GetString(request.Body).Contains("secret-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_an_endpoint_nothing_is_sent_whatever_the_environment_says()
    {
        await using var collector = new OtlpCollector();
        using var site = new Site();
        await site.AddAsync(null, 1, 1);
        await using var member = await site.ServeAsync(
            null, ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Endpoint), ("OTEL_TRACES_EXPORTER", "otlp"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));
        (await PutAsync(member.Port, "n", Kept, pool: null)).ShouldBe(201);
        await member.SignalAsync("TERM");
        (await member.EndAsync()).ShouldBe(0);
        collector.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_collector_that_is_not_there_is_told_once_and_claims_go_on()
    {
        using var site = new Site();
        await site.AddAsync(null, 1, 50);
        await using var member = await site.ServeAsync(["--otlp-endpoint", $"http://127.0.0.1:{NodeCalls.FreePort()}"]);
        (await PutAsync(member.Port, "n", null, pool: null)).ShouldBe(201);
        (await member.Out.WaitForAsync("traces.lost: ")).ShouldContain(" spans since the last such line could not be sent to http://127.0.0.1:");
        for (var i = 0; i < 49; i++)
        {
            (await PutAsync(member.Port, $"n{i}", null, pool: null)).ShouldBe(201);
        }

        await member.SignalAsync("TERM");
        (await member.EndAsync()).ShouldBe(0);
        member.Out.Count("traces.lost").ShouldBe(1);
    }

    private static async Task<int> PutAsync(int port, string node, string? parent, string? pool = "cad")
    {
        await using var connection = await RawHttp.ConnectAsync(port);
        var headers = (pool is null ? "" : $"Relay-Pool: {pool}\r\n") + (parent is null ? "" : $"traceparent: {parent}\r\n");
        return (await connection.AskAsync($"PUT /v1/nodes/{node} HTTP/1.1\r\nHost: berth\r\n{headers}Content-Length: 0\r\n\r\n")).Status;
    }

    private async Task AddAsync(string socket)
    {
        _vendor.IssueTo(_folder, "cad", machines: 10);
        var end = await BerthProcess.RunAsync(
            BerthProcess.Program,
            _folder.Path,
            ["add", "cad.lic", "--public-key", _vendor.PublicKey, "--pool", "cad", "--seats", "max", "--socket", _folder.File(socket)]);
        end.ExitCode.ShouldBe(0, end.Error);
    }

    private async Task<TracedMember> ServeAsync(string name, string store, OtlpCollector collector)
    {
        var port = NodeCalls.FreePort();
        var member = LiveMember.Launch(
            BerthProcess.Program,
            _folder.Path,
            [
                "serve", "--store", store, "-b", "127.0.0.1", "-p", $"{port}", "--member-name", name, "--advertise", "127.0.0.1:0",
                "--cluster-bind", "127.0.0.1", "--cluster-port", "0", "--cluster-secret-file", _folder.File("secret"), "--socket", _folder.File(name + ".sock"),
                "--management-port", "off", "--key-file", _folder.File(name + ".key"), "--otlp-endpoint", collector.Endpoint,
            ],
            Site.Environment());
        await member.Out.WaitForAsync("  clock ");
        return new TracedMember(port, member);
    }

    private sealed record TracedMember(int Port, LiveMember Member) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Member.DisposeAsync();
    }
}
